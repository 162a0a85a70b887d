import type { LogRef } from '../../../model/repository.ts';
import { readHistory } from '../stream/timeline-history.ts';

/** Log that follows on without a hole. */
export interface LogRun {
  readonly system: string;
  /** The timeline it ends on. */
  readonly timeline: number;
  readonly pieces: readonly Piece[];
  /** It stands on a timeline that was left: what happened there is not in the database of today. */
  readonly left: boolean;
  /** Commits before this belong to another run. */
  readonly tellFrom: bigint;
}

/** A stored stretch, of which the bytes up to `end` count: after that, the timeline was left. */
export interface Piece {
  readonly log: LogRef;
  readonly end: bigint;
}

export interface LogHole {
  readonly system: string;
  readonly timeline: number;
  readonly from: bigint;
  readonly to: bigint;
  /** When the log on both sides was stored. */
  readonly before?: string;
  readonly after?: string;
}

export interface Runs {
  readonly runs: readonly LogRun[];
  readonly holes: readonly LogHole[];
}

/** Orders the stored log of one system: the line of its newest timeline, then what stands on timelines that were left. */
export function logRuns(logs: readonly LogRef[], histories: ReadonlyMap<number, string>): Runs {
  const newest = Math.max(...logs.map(({ timeline }) => timeline));
  const text = histories.get(newest);
  const ends = text === undefined ? new Map<number, bigint>() : readHistory(text);
  const lineage = [...ends.keys(), newest];
  const main = connect(
    lineage.flatMap((timeline) => piecesOf(logs, timeline, ends.get(timeline))),
    false,
    0n,
  );
  const others = [...new Set(logs.map(({ timeline }) => timeline))].flatMap((timeline) => {
    const end = lineage.includes(timeline) ? ends.get(timeline) : 0n;
    if (end === undefined) return [];
    const beyond = piecesOf(logs, timeline, undefined).filter(({ log }) => log.to > end);
    return [connect(beyond, true, end)];
  });
  const all = [main, ...others];
  return { runs: all.flatMap(({ runs }) => runs), holes: all.flatMap(({ holes }) => holes) };
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function piecesOf(logs: readonly LogRef[], timeline: number, end: bigint | undefined): Piece[] {
  return logs
    .filter((log) => log.timeline === timeline && (end === undefined || log.from < end))
    .sort((a, b) => compare(a.from, b.from) || compare(b.to, a.to))
    .map((log) => ({ log, end: end === undefined || log.to < end ? log.to : end }));
}

/** Leaves out what others cover, and begins a new run after every hole. */
function connect(pieces: readonly Piece[], left: boolean, tellFrom: bigint): Runs {
  const runs: Piece[][] = [];
  const holes: LogHole[] = [];
  let last: Piece | undefined;
  for (const piece of pieces) {
    const { log } = piece;
    if (last !== undefined && piece.end <= last.end) continue;
    if (last === undefined || log.from > last.end) runs.push([]);
    if (last !== undefined && log.from > last.end) holes.push(holeBetween(last, log));
    (runs.at(-1) as Piece[]).push(piece);
    last = piece;
  }
  return { runs: runs.map((run) => runOf(run, left, tellFrom)), holes };
}

function runOf(pieces: readonly Piece[], left: boolean, tellFrom: bigint): LogRun {
  const { system, timeline } = (pieces.at(-1) as Piece).log;
  return { system, timeline, pieces, left, tellFrom };
}

function holeBetween(last: Piece, next: LogRef): LogHole {
  return {
    system: next.system,
    timeline: next.timeline,
    from: last.end,
    to: next.from,
    ...(last.log.storedAt === undefined ? {} : { before: last.log.storedAt }),
    ...(next.storedAt === undefined ? {} : { after: next.storedAt }),
  };
}
