import { KnownError } from '../../model/errors.ts';
import type { GaugeReading } from '../../model/gauge.ts';
import { formatLsn, parseLsn } from '../../model/lsn.ts';
import { type Session, withSession } from './connect.ts';
import { peekWal } from './stream/peek-wal.ts';
import { slotName } from './stream/replication.ts';
import { type LogSource, type LogStretch, visitTransactions } from './wal/transactions.ts';
import { connectionOf, type World } from './world.ts';

/** More than this is not read for counting: what lies beyond is only said to be there. */
const COUNTED = 256n << 20n;

/**
 * Reads what would be lost if the server died now. First what is safe is looked at and then the server, and the log in between
 * is read from the server itself: so the figure may be too high by what becomes safe meanwhile, and is never too low.
 */
export async function readGauge(world: World, component: string, signal: AbortSignal): Promise<GaugeReading> {
  const points = await world.catalog.points(component);
  const connection = connectionOf(world, component);
  const what = `${component}: measure what would be lost`;
  const server = await withSession({ address: { uri: connection }, what, signal, readOnly: true }, (session) =>
    askServer(session, slotName(component)),
  );
  const reached = points
    .filter(({ log }) => log?.system === server.system && log.timeline === server.timeline)
    .map(({ log }) => parseLsn(log?.to ?? '0/0'));
  const safe = reached.reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
  const { at, position, flushed, timeline, slot } = server;
  const reading = {
    at: at.toISOString(),
    position: formatLsn(position),
    bytes: safe === undefined ? Number(position) : Number(position > safe ? position - safe : 0n),
    ...(slot === undefined ? {} : { slot }),
  };
  if (safe === undefined) return reading;
  const to = flushed < safe + COUNTED ? flushed : safe + COUNTED;
  const lost = await countLost(world, { component, connection, signal, timeline, from: safe, to, at });
  const more = to < flushed;
  return { ...reading, safe: formatLsn(safe), ...(lost === undefined ? {} : { lost: { ...lost, more } }) };
}

interface Server {
  readonly system: string;
  readonly timeline: number;
  /** Up to where it has written, and what of it is on its disk: commits are acknowledged when they are. */
  readonly position: bigint;
  readonly flushed: bigint;
  readonly at: Date;
  readonly slot?: NonNullable<GaugeReading['slot']>;
}

/** The timeline is that of the file of the position: the checkpoint's is the one before, until a promoted server has made one. */
const ASK = `
  SELECT (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS system,
    pg_catalog.pg_walfile_name(now.position) AS file, now.position::text AS position,
    pg_catalog.pg_current_wal_flush_lsn()::text AS flushed, pg_catalog.clock_timestamp() AS at,
    slot.active, pg_catalog.pg_wal_lsn_diff(now.position, slot.restart_lsn)::int8 AS kept,
    (SELECT setting::int8 FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size') AS limit_mb
  FROM (SELECT pg_catalog.pg_current_wal_insert_lsn() AS position) now
    LEFT JOIN pg_catalog.pg_replication_slots slot ON slot.slot_name = $1`;

interface Answer {
  readonly system: string;
  readonly file: string;
  readonly position: string;
  readonly flushed: string;
  readonly at: Date;
  readonly active: boolean | null;
  readonly kept: number | null;
  readonly limit_mb: number;
}

async function askServer(session: Session, slot: string): Promise<Server> {
  const [answer] = await session.query<Answer>(ASK, [slot]);
  const { system, file, position, flushed, at, active, kept, limit_mb } = answer as Answer;
  const limit = limit_mb < 0 ? {} : { limit: limit_mb * 1024 * 1024 };
  return {
    system,
    timeline: Number.parseInt(file.slice(0, 8), 16),
    position: parseLsn(position),
    flushed: parseLsn(flushed),
    at: new Date(at),
    ...(active === null ? {} : { slot: { active, bytes: Math.max(0, kept ?? 0), ...limit } }),
  };
}

interface Between {
  readonly component: string;
  readonly connection: string;
  readonly signal: AbortSignal;
  readonly timeline: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly at: Date;
}

/** Undefined when the server has removed that log: then nobody can tell. */
async function countLost(
  { clock }: World,
  between: Between,
): Promise<{ seconds: number; transactions: number } | undefined> {
  if (between.to <= between.from) return { seconds: 0, transactions: 0 };
  const log = await peek({ ...between, clock });
  if (log === undefined) return undefined;
  let transactions = 0;
  let oldest = between.at;
  await visitTransactions(inOrder(log.stretches), { segmentBytes: log.segmentBytes }, ({ commitEnd, committedAt }) => {
    if (commitEnd <= between.from) return;
    transactions += 1;
    if (committedAt < oldest) oldest = committedAt;
  });
  return { seconds: (between.at.getTime() - oldest.getTime()) / 1000, transactions };
}

async function peek(request: Parameters<typeof peekWal>[0]): Promise<Awaited<ReturnType<typeof peekWal>> | undefined> {
  try {
    return await peekWal(request);
  } catch (error) {
    if (error instanceof KnownError && error.code === 'TARGET_FAILED') return undefined;
    throw error;
  }
}

async function* inOrder(stretches: readonly LogStretch[]): LogSource & AsyncGenerator {
  yield* stretches;
}
