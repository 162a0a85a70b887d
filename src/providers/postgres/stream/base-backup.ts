import type { Clock } from '../../../lib/clock.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { KnownError } from '../../../model/errors.ts';
import type { BackupManifest, BackupRepository, BackupWriter } from '../../../model/repository.ts';
import { translatePgError } from '../errors.ts';
import { RELATION_MAP_PART } from '../find/relation-map.ts';
import { INVENTORY_PART } from '../verify/inventory.ts';
import { ManifestSeal } from './manifest-seal.ts';
import { PartPump } from './part-pump.ts';
import { ensureSlot, type Identity, openReplication, type Replication, slotName } from './replication.ts';
import type { Row } from './wire.ts';

export interface BaseBackupRequest {
  /** Connection URI. The database in it does not matter. */
  readonly connection: string;
  readonly repository: BackupRepository;
  readonly component: string;
  readonly id: string;
  readonly key?: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Also make the slot that keeps the write-ahead log from the start of this backup on. */
  readonly slot?: boolean;
  /** Which tables the files belong to, as JSON: kept with the backup, so that its log can be read without the database. */
  readonly relations?: Uint8Array;
  /** Counts what is in the database now that all of it was copied: kept with the backup. Undefined keeps nothing. */
  readonly inventory?: () => Promise<Uint8Array | undefined>;
  /** Plain bytes received so far. */
  readonly onProgress?: (received: number) => void;
}

/** Takes a physical backup of the whole server into the repository. A backup that was cut is never committed. */
export async function takeBaseBackup(request: BaseBackupRequest): Promise<BackupManifest> {
  const replication = await openReplication(request);
  try {
    if (request.slot) await ensureSlot(replication, slotName(request.component));
    const identity = await replication.identify();
    return await intoRepository(request, replication, identity);
  } finally {
    await replication.close();
  }
}

async function intoRepository(
  request: BaseBackupRequest,
  replication: Replication,
  identity: Identity,
): Promise<BackupManifest> {
  const { repository, component, id, key, clock, signal } = request;
  const startedAt = clock.now();
  const writer = await repository.begin({
    id,
    component,
    method: 'postgres.base_backup',
    startedAt,
    ...(key === undefined ? {} : { key }),
  });
  const abort = () => replication.wire.destroy(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    const sets = await receive(request, replication, writer);
    signal.throwIfAborted();
    if (request.relations) await writePart(writer, RELATION_MAP_PART, request.relations);
    const inventory = await request.inventory?.();
    signal.throwIfAborted();
    if (inventory) await writePart(writer, INVENTORY_PART, inventory);
    return await writer.commit(factsOf(sets, identity, replication), clock.now());
  } catch (error) {
    await writer.abort();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function writePart(writer: BackupWriter, name: string, bytes: Uint8Array): Promise<void> {
  const part = await writer.part(name);
  await part.write(bytes);
  await part.end();
}

const COMMAND = `BASE_BACKUP (LABEL 'lifeboat', CHECKPOINT 'fast', WAL true, WAIT false,
  MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')`;

type Sets = readonly (readonly Row[])[];

async function receive(request: BaseBackupRequest, replication: Replication, writer: BackupWriter): Promise<Sets> {
  const { wire, what } = replication;
  let writing: unknown;
  const pump = new PartPump(writer, {
    pause: () => wire.pause(),
    resume: () => wire.resume(),
    fail: (error) => {
      writing = error;
      wire.destroy(error instanceof Error ? error : new Error(String(error)));
    },
  });
  const seal = new ManifestSeal();
  try {
    const sets = await wire.run(COMMAND, { data: (chunk) => sort(chunk, pump, seal, request.onProgress) });
    await pump.finish();
    if (!seal.holds()) throw damaged(what);
    return sets;
  } catch (error) {
    await pump.settled();
    throw writing ?? translatePgError(error, `${what}: base backup`);
  }
}

const damaged = (what: string) =>
  new KnownError(
    'TARGET_FAILED',
    `${what}: the base backup arrived without a whole manifest`,
    'Nothing was kept. Take the backup again.',
  );

/** The server marks each message with a letter: new archive, manifest, data or progress. */
function sort(chunk: Buffer, pump: PartPump, seal: ManifestSeal, onProgress?: (received: number) => void): void {
  const kind = String.fromCharCode(chunk[0] ?? 0);
  if (kind === 'n') pump.open(chunk.toString('utf8', 1, chunk.indexOf(0, 1)));
  if (kind === 'm') {
    seal.begin();
    pump.open('backup_manifest');
  }
  if (kind !== 'd') return;
  const bytes = chunk.subarray(1);
  seal.take(bytes);
  pump.push(bytes);
  onProgress?.(pump.received);
}

function factsOf(sets: Sets, identity: Identity, { server, what }: Replication): JsonObject {
  const [start, spaces, end] = [sets[0]?.[0], sets[1], sets[2]?.[0]];
  const [startLsn, endLsn] = [start?.recptr, end?.recptr];
  if (!start || !startLsn || !endLsn || !spaces || start.tli !== end?.tli)
    throw new KnownError('TARGET_FAILED', `${what}: the base backup ended without its positions`, 'Take it again.');
  return {
    system: identity.system,
    timeline: Number(start.tli),
    startLsn,
    endLsn,
    serverVersion: server.version,
    major: server.major,
    segmentBytes: server.segmentBytes,
    dataChecksums: server.dataChecksums,
    tablespaces: spaces
      .filter((space) => space.spcoid != null)
      .map((space) => ({ oid: Number(space.spcoid), location: space.spclocation ?? '' })),
  };
}
