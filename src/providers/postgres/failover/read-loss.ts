import { seconds } from '../../../lib/duration.ts';
import { errorRecord, KnownError } from '../../../model/errors.ts';
import { parseLsn } from '../../../model/lsn.ts';
import type { LogRef } from '../../../model/repository.ts';
import { peekWal } from '../stream/peek-wal.ts';
import { logSource } from '../wal/source.ts';
import { type LogSource, type LogStretch, visitTransactions } from '../wal/transactions.ts';
import { connectionOf, type World } from '../world.ts';
import type { FailoverClient, LossReading, ServerStanding } from './client-api.ts';
import { type Counted, type KnownEnd, lossOf, mostAdvanced, type ReplicaPosition } from './loss.ts';
import { problemsOf } from './problems.ts';
import { standing } from './standing.ts';

/** More than this is not read for counting. */
const COUNTED = 256n << 20n;

type Request = Parameters<FailoverClient['lossReading']>[0];
type Asked = LossReading['replicas'][number];

/** Asks all replicas, and then whoever may know how far the primary had come. Reads only. */
export async function lossReading(world: World, request: Request): Promise<LossReading> {
  const { component, replicas, until, signal } = request;
  const asked = await Promise.all(replicas.map((name) => askReplica(world, name, signal)));
  const found = asked.filter((one): one is Asked => 'received' in one);
  const unreachable = asked.filter((one): one is { name: string; why: string } => 'why' in one);
  const best = mostAdvanced(found);
  if (best === undefined) throw noReplica(component, unreachable);
  const end = await knownEnd(world, component, best, signal);
  const counted = end === undefined ? undefined : await countBetween(world, { component, best, end, until, signal });
  return { replicas: found, unreachable, best: best.name, loss: lossOf({ replica: best, end, counted, until }) };
}

async function askReplica(
  world: World,
  name: string,
  signal: AbortSignal,
): Promise<Asked | { name: string; why: string }> {
  const seen = await standing(world, name, signal).catch((error: unknown) => errorRecord(error));
  signal.throwIfAborted();
  if ('code' in seen) return { name, why: seen.message };
  if (!seen.inRecovery) return { name, why: `it is no replica: it is a primary on timeline ${seen.timeline}` };
  return { name, ...positionOf(seen), problems: problemsOf(seen) };
}

const positionOf = ({ system, timeline, received, replayed, lastCommitAt }: ServerStanding) => ({
  system,
  timeline,
  received,
  replayed,
  lastCommitAt,
});

const noReplica = (component: string, asked: readonly { name: string; why: string }[]): KnownError =>
  new KnownError(
    'TARGET_UNREACHABLE',
    `no replica of ${component} can be asked: ${asked.map(({ name, why }) => `${name}: ${why}`).join('; ')}`,
    'Look whether they run, and whether this machine reaches them.',
  );

/** The primary itself, when it answers; else our own copy of its log, when there is one. */
async function knownEnd(
  world: World,
  component: string,
  { system }: ReplicaPosition,
  signal: AbortSignal,
): Promise<KnownEnd | undefined> {
  const primary = await standing(world, component, signal, seconds(1)).catch(() => undefined);
  signal.throwIfAborted();
  if (primary !== undefined && !primary.inRecovery && primary.system === system)
    return { from: 'primary', position: primary.received, timeline: primary.timeline };
  const points = await world.catalog.points(component).catch(() => []);
  const ends = points.flatMap(({ log }) => (log?.system === system ? [log] : []));
  const last = ends.sort((a, b) => Number(parseLsn(b.to) - parseLsn(a.to)))[0];
  return last === undefined ? undefined : { from: 'repository', position: last.to, timeline: last.timeline };
}

interface Between {
  readonly component: string;
  readonly best: ReplicaPosition;
  readonly end: KnownEnd;
  readonly until: Date;
  readonly signal: AbortSignal;
}

/** Undefined when that log cannot be read any more, or is too much to read now. */
async function countBetween(world: World, between: Between): Promise<Counted | undefined> {
  const { best, end, until } = between;
  const [from, to] = [parseLsn(best.received), parseLsn(end.position)];
  if (best.timeline !== end.timeline || to <= from) return { commits: 0, seconds: 0 };
  if (to - from > COUNTED) return undefined;
  const log = await (end.from === 'primary' ? fromPrimary(world, between, from, to) : stored(world, between)).catch(
    () => undefined,
  );
  between.signal.throwIfAborted();
  if (log === undefined) return undefined;
  let commits = 0;
  let oldest = until;
  await visitTransactions(log.source, { segmentBytes: log.segmentBytes }, ({ commitEnd, committedAt }) => {
    if (commitEnd <= from || commitEnd > to) return;
    commits += 1;
    if (committedAt < oldest) oldest = committedAt;
  });
  return { commits, seconds: (until.getTime() - oldest.getTime()) / 1000 };
}

interface Log {
  readonly source: LogSource;
  readonly segmentBytes: number;
}

async function fromPrimary(world: World, { component, best, signal }: Between, from: bigint, to: bigint): Promise<Log> {
  const connection = connectionOf(world, component);
  const { clock } = world;
  const read = await peekWal({ connection, component, clock, signal, timeline: best.timeline, from, to });
  return { source: inOrder(read.stretches), segmentBytes: read.segmentBytes };
}

async function* inOrder(stretches: readonly LogStretch[]): LogSource & AsyncGenerator {
  yield* stretches;
}

/** Segments of every size begin at a multiple of the smallest one. */
async function stored(world: World, { component, best, end }: Between): Promise<Log | undefined> {
  const manifest = (await world.repository.backups(component)).find(({ facts }) => facts.system === best.system);
  const segmentBytes = Number(manifest?.facts.segmentBytes);
  if (!(segmentBytes > 0)) return undefined;
  const first = parseLsn(best.received) - (parseLsn(best.received) % BigInt(segmentBytes));
  const logs = (await world.repository.logs(component)).filter((log) => isWanted(log, best, first, end));
  return { source: logSource(world.repository, logs), segmentBytes };
}

const isWanted = (log: LogRef, { system, timeline }: ReplicaPosition, first: bigint, { position }: KnownEnd): boolean =>
  log.system === system && log.timeline === timeline && log.to > first && log.from < parseLsn(position);
