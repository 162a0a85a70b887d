import { KnownError } from '../../../model/errors.ts';
import { formatLsn, parseLsn } from '../../../model/lsn.ts';
import type { RecoveryPoint } from '../../../model/recovery-point.ts';
import type { LogRef } from '../../../model/repository.ts';
import type { RestoreTarget } from '../client-api.ts';
import { consistentFrom, type Line, lineOf, physicalPoints, readLine } from '../rows/read-log.ts';
import { scanTransactions, type TransactionEffects } from '../wal/transactions.ts';
import type { World } from '../world.ts';

/** What to restore from, and where to stop. */
export interface RestorePlan {
  readonly line: Line;
  /** The record at this position is the first that is not replayed; undefined replays all log there is. */
  readonly stopBefore?: bigint;
  readonly pieces: readonly LogRef[];
  readonly histories: ReadonlyMap<number, string>;
}

/** Log beyond the target that is laid down too: the record recovery stops at must be readable to its end. */
const BEYOND_SEGMENTS = 4n;

/** Turns a moment into a base backup, the log after it, and the exact position to stop before. */
export async function planRestore(world: World, component: string, target: RestoreTarget): Promise<RestorePlan> {
  const points = await physicalPoints(world, component);
  const { line, stopBefore } = await findStop(world, points, target);
  const system = String(line.manifest.facts.system);
  const histories = await world.repository.timelineHistories(component, system);
  // A point that is proven is replayed to its end afterwards, so all of its log is laid down.
  if (target.kind === 'point' && stopBefore !== undefined) return { line, stopBefore, pieces: line.pieces, histories };
  if (stopBefore === undefined) return { line, pieces: line.pieces, histories };
  const end = stopBefore + BEYOND_SEGMENTS * BigInt(line.segmentBytes);
  return { line, stopBefore, pieces: line.pieces.filter((piece) => piece.from < end), histories };
}

type Stop = { readonly line: Line; readonly stopBefore?: bigint };

async function findStop(world: World, points: readonly RecoveryPoint[], target: RestoreTarget): Promise<Stop> {
  switch (target.kind) {
    case 'latest':
      return { line: await lineOf(world, world.catalog.choosePoint(points, target)) };
    case 'time':
      return stopAtTime(world, await lineOf(world, world.catalog.choosePoint(points, target)), target.at);
    case 'lsn':
      return stopAtPosition(await lineOf(world, world.catalog.choosePoint(points, target)), target.lsn);
    case 'xid':
      return stopAtTransaction(world, points, target.xid);
    case 'point': {
      const line = await lineOf(world, target.point);
      return target.stopBefore === undefined ? { line } : stopAtPosition(line, target.stopBefore);
    }
  }
}

/** The end of the log is a position like any other, except that no record follows at which recovery could stop. */
function stopAtPosition(line: Line, lsn: bigint): Stop {
  const end = line.point.log === undefined ? undefined : parseLsn(line.point.log.to);
  return end !== undefined && lsn >= end ? { line } : { line, stopBefore: lsn };
}

/**
 * Recovery stops before the first commit after the moment. It is looked up here instead of given to the server as a time:
 * a server that finds no later commit treats that as an error, and then nothing would be restored.
 */
async function stopAtTime(world: World, line: Line, at: Date): Promise<Stop> {
  const later = await transactions(world, line, { from: new Date(at.getTime() + 1) });
  const first = later.find(({ commitLsn }) => commitLsn >= consistentFrom(line));
  return first === undefined ? { line } : { line, stopBefore: first.commitLsn };
}

async function stopAtTransaction(world: World, points: readonly RecoveryPoint[], xid: number): Promise<Stop> {
  // Newest first: less log to read, and what a person asks about is seldom old.
  const byStart = points.toSorted((a, b) => Date.parse(b.from) - Date.parse(a.from));
  for (const point of byStart) {
    const line = await lineOf(world, point);
    const found = (await transactions(world, line, {})).find((transaction) => transaction.xid === xid);
    if (found !== undefined && found.commitLsn >= consistentFrom(line)) return { line, stopBefore: found.commitLsn };
  }
  throw new KnownError(
    'POINT_NOT_FOUND',
    `the commit of transaction ${xid} is not in the log that is stored`,
    points.length === 0 ? 'There is no base backup with log at all.' : 'See what there is: lifeboat points',
  );
}

const transactions = (world: World, line: Line, options: { from?: Date }): Promise<readonly TransactionEffects[]> =>
  scanTransactions(readLine(world, line), { ...options, segmentBytes: line.segmentBytes });

/** For people: where a restore will stop. */
export const describeStop = ({ stopBefore, line }: RestorePlan): string =>
  stopBefore === undefined
    ? `the end of the log (${line.point.log?.to ?? 'the end of the backup'})`
    : `just before ${formatLsn(stopBefore)}`;
