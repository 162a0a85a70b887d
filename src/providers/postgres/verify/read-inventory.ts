import { INVENTORY_PART, type Inventory, parseInventory } from './inventory.ts';
import type { Proving } from './proving.ts';

/** The inventory that was kept with a backup; undefined when none was. */
export async function readInventory({
  world,
  manifest,
}: Pick<Proving, 'world' | 'manifest'>): Promise<Inventory | undefined> {
  if (!manifest.parts.some(({ name }) => name === INVENTORY_PART)) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of world.repository.read(manifest, INVENTORY_PART)) pieces.push(piece);
  return parseInventory(Buffer.concat(pieces).toString('utf8'), manifest.id);
}
