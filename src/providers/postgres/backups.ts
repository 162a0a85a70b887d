import { KnownError } from '../../model/errors.ts';
import type { BackupManifest } from '../../model/repository.ts';
import type { BackupRequest, TakenBackup } from './client-api.ts';
import { withSession } from './connect.ts';
import { readRelationMap } from './find/relation-map.ts';
import { backupId } from './ids.ts';
import { findBinaries } from './instance/binaries.ts';
import { takeBaseBackup } from './stream/base-backup.ts';
import { takeDump } from './stream/dump.ts';
import { inventoryFor, withSnapshot } from './verify/keep-inventory.ts';
import { connectionOf, database, type World } from './world.ts';

const describe = ({ id, parts, facts }: BackupManifest): TakenBackup => ({
  id,
  bytes: parts.reduce((sum, part) => sum + part.plainBytes, 0),
  ...(typeof facts.endLsn === 'string' ? { endLsn: facts.endLsn } : {}),
});

/** The backup that a step with this key has taken. */
export async function findBackup(world: World, component: string, key: string): Promise<TakenBackup | undefined> {
  const found = (await world.repository.backups(component)).find((manifest) => manifest.key === key);
  return found === undefined ? undefined : describe(found);
}

export async function checkBackup(
  world: World,
  component: string,
  id: string,
): Promise<{ whole: boolean; why: string }> {
  const found = (await world.repository.backups(component)).find((manifest) => manifest.id === id);
  if (found === undefined) return { whole: false, why: 'it is not in the repository' };
  const check = await world.repository.check(found);
  return check.whole ? { whole: true, why: 'every object is there, of its size and checksum' } : check;
}

export async function takeBase(world: World, request: BackupRequest): Promise<TakenBackup> {
  const known = await findBackup(world, request.component, request.key);
  if (known !== undefined) return known;
  // The slot keeps log for the stream. Without a stream nobody would ever take it, until the server's disk is full.
  const slot = database(world, request.component).backups.some(({ method }) => method === 'postgres.wal_stream');
  const relations = await relationsOf(world, request);
  const inventory = async () => {
    const counted = await inventoryFor(world, request);
    return counted === undefined ? undefined : Buffer.from(JSON.stringify(counted));
  };
  const settings = { ...common(world, request, 'base'), slot, inventory, ...(relations ? { relations } : {}) };
  return describe(await takeBaseBackup(settings));
}

/** A backup without names is as good to restore from: whoever may copy the server but not look into it still gets one. */
async function relationsOf(world: World, { component, signal, log }: BackupRequest): Promise<Uint8Array | undefined> {
  const address = { uri: connectionOf(world, component) };
  const what = `${component}: read the names of tables`;
  try {
    const map = await withSession({ address, what, signal, readOnly: true }, readRelationMap);
    return Buffer.from(JSON.stringify(map));
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    log(`the names of tables are not kept with this backup: ${error.message}`);
    return undefined;
  }
}

export async function dump(world: World, request: BackupRequest): Promise<TakenBackup> {
  const known = await findBackup(world, request.component, request.key);
  if (known !== undefined) return known;
  const { folder } = await findBinaries({ need: ['pg_dump'], env: (name) => world.env(name) });
  const settings = { ...common(world, request, 'dump'), binaries: folder };
  return withSnapshot(world, request, async (inventory) => describe(await takeDump({ ...settings, inventory })));
}

const common = (world: World, { component, key, signal }: BackupRequest, kind: 'base' | 'dump') => ({
  connection: connectionOf(world, component),
  repository: world.repository,
  component,
  id: backupId(kind, world.clock.now(), key),
  key,
  clock: world.clock,
  signal,
});
