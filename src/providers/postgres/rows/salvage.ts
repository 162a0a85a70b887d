import { z } from 'zod';
import { KnownError } from '../../../model/errors.ts';
import type { BackupManifest } from '../../../model/repository.ts';
import type { Salvage } from '../client-api.ts';
import type { World } from '../world.ts';

const SalvagedTable = z.object({
  schema: z.string(),
  name: z.string(),
  part: z.string(),
  columns: z.array(z.string()),
  key: z.array(z.string()),
  rows: z.number(),
  sha256: z.string(),
});
export type SalvagedTable = z.infer<typeof SalvagedTable>;

/** What the manifest of a salvage says: rows as COPY text, one part a table. */
export const SalvageFacts = z.object({
  system: z.string(),
  xid: z.number(),
  commitLsn: z.string(),
  backup: z.string(),
  encoding: z.string(),
  tables: z.array(SalvagedTable),
});
export type SalvageFacts = z.infer<typeof SalvageFacts>;

export interface StoredSalvage {
  readonly manifest: BackupManifest;
  readonly facts: SalvageFacts;
}

export async function findSalvage(
  world: World,
  component: string,
  by: { key: string } | { id: string },
): Promise<StoredSalvage | undefined> {
  const stored = await world.repository.backups(component);
  const manifest = stored.find(
    (candidate) =>
      candidate.method === 'postgres.salvage' && ('key' in by ? candidate.key === by.key : candidate.id === by.id),
  );
  return manifest === undefined ? undefined : { manifest, facts: SalvageFacts.parse(manifest.facts) };
}

/** The salvage of that id. Throws POINT_NOT_FOUND. */
export async function requireSalvage(world: World, component: string, id: string): Promise<StoredSalvage> {
  const found = await findSalvage(world, component, { id });
  if (found !== undefined) return found;
  throw new KnownError(
    'POINT_NOT_FOUND',
    `there is no salvage ${id} of ${component} in ${world.repository.place}`,
    'Take the id from the output of postgres.extract_rows.',
  );
}

export const describeSalvage = ({ manifest, facts }: StoredSalvage): Salvage => ({
  id: manifest.id,
  xid: facts.xid,
  rows: facts.tables.reduce((sum, table) => sum + table.rows, 0),
  tables: facts.tables.map(({ schema, name, rows, key }) => ({ table: `${schema}.${name}`, rows, key })),
});
