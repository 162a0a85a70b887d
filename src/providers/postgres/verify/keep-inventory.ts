import { parseDuration } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { formatLsn, parseLsn } from '../../../model/lsn.ts';
import { InventoryPolicy } from '../../../model/plan.ts';
import type { BackupRequest } from '../client-api.ts';
import { type Session, withSession } from '../connect.ts';
import { translatePgError } from '../errors.ts';
import { connectionOf, database, type World } from '../world.ts';
import type { Inventory } from './inventory.ts';
import { countInSnapshot, SNAPSHOT, takeInventory } from './take-inventory.ts';

/** What the plan wants counted; what it does not say has its default. */
export const inventoryPolicy = (world: World, component: string): InventoryPolicy =>
  InventoryPolicy.parse(database(world, component).inventory ?? {});

/** An inventory as it is kept with a backup. Without one the backup is as good to restore from, so no failure of it costs the backup. */
export async function inventoryFor(world: World, request: BackupRequest): Promise<Inventory | undefined> {
  const { component, signal, log } = request;
  const policy = inventoryPolicy(world, component);
  const withinMs = parseDuration(policy.within) ?? 0;
  if (withinMs === 0) return undefined;
  const address = { uri: connectionOf(world, component) };
  const what = `${component}: count what is in the database`;
  try {
    const now = () => world.clock.now().getTime();
    return await withSession({ address, what, signal, readOnly: true }, async (session) => {
      const taken = await takeInventory(session, { policy, withinMs, now });
      const position = await onDisk(world, session, { position: endOfRecords(parseLsn(taken.position)), signal });
      return { ...taken, position: formatLsn(position) };
    });
  } catch (error) {
    if (!(error instanceof KnownError) || signal.aborted) throw error;
    log(`what is in the database was not counted, and cannot be compared after a restore: ${error.message}`);
    return undefined;
  }
}

/**
 * A position up to which the server has written its log down, and before which every commit is that the snapshot sees. Records that no commit
 * waits for may stay in its memory for long; commits are on the disk after three rounds of the writer at the latest.
 */
async function onDisk(
  { clock }: World,
  session: Session,
  { position, signal }: { position: bigint; signal: AbortSignal },
): Promise<bigint> {
  const [writer] = await session.query<{ ms: number }>(
    "SELECT setting::int AS ms FROM pg_catalog.pg_settings WHERE name = 'wal_writer_delay'",
  );
  const end = clock.now().getTime() + 3 * (writer?.ms ?? 200) + 1000;
  for (;;) {
    const [row] = await session.query<{ flushed: string }>(
      'SELECT pg_catalog.pg_current_wal_flush_lsn()::text AS flushed',
    );
    const flushed = parseLsn((row as { flushed: string }).flushed);
    if (flushed >= position) return position;
    if (clock.now().getTime() > end) return flushed;
    await clock.sleep(50, signal);
  }
}

const PAGE = 8192n;
const SHORT_HEADER = 24n;
const LONG_HEADER = 40n;
const SMALLEST_SEGMENT = 1n << 20n;

/** A server names the place behind the header of a page it has not begun yet: nothing is there to be received. */
export function endOfRecords(position: bigint): bigint {
  const inPage = position % PAGE;
  const beginsSegment = position % SMALLEST_SEGMENT === inPage;
  const headerOnly = inPage === SHORT_HEADER || (beginsSegment && inPage === LONG_HEADER);
  return headerOnly ? position - inPage : position;
}

/** A snapshot that a dump is taken of, and the count of what is in it. */
export interface OpenSnapshot {
  readonly snapshot: string;
  take(): Promise<Uint8Array | undefined>;
}

/** Keeps a snapshot open for a dump, so that what is counted is exactly what is dumped. Where that cannot be, the dump is taken without. */
export async function withSnapshot<T>(
  world: World,
  request: BackupRequest,
  use: (inventory: OpenSnapshot | undefined) => Promise<T>,
): Promise<T> {
  const { component, signal, log } = request;
  const policy = inventoryPolicy(world, component);
  const withinMs = parseDuration(policy.within) ?? 0;
  if (withinMs === 0) return use(undefined);
  const address = { uri: connectionOf(world, component) };
  const what = `${component}: count what is dumped`;
  const now = () => world.clock.now().getTime();
  return withSession({ address, what, signal, readOnly: true }, async (session) => {
    const snapshot = await exported(session).catch((error) => {
      if (signal.aborted) throw error;
      log(`what is dumped is not counted: ${translatePgError(error, what).message}`);
      return undefined;
    });
    if (snapshot === undefined) return use(undefined);
    const take = async () => {
      try {
        const counted = await countInSnapshot(session, { policy, withinMs, now, whole: true });
        return Buffer.from(JSON.stringify(counted));
      } catch (error) {
        if (signal.aborted) throw error;
        log(`what is in the database was not counted: ${translatePgError(error, what).message}`);
        return undefined;
      }
    };
    return use({ snapshot, take });
  });
}

async function exported(session: Session): Promise<string | undefined> {
  await session.query(SNAPSHOT);
  await session.query('SET LOCAL idle_in_transaction_session_timeout = 0');
  const [row] = await session.query<{ id: string }>('SELECT pg_catalog.pg_export_snapshot() AS id');
  return row?.id;
}
