import type { RecoveryPoint } from '../model/recovery-point.ts';

/** Moments without a hole in between, to each of which one can return: what several backups reach on one timeline. */
export interface ReachableRange {
  /** ISO 8601, UTC; equal for a single moment. */
  readonly from: string;
  readonly to: string;
  /** Where the moments are those of a write-ahead log. */
  readonly timeline?: number;
  readonly method: RecoveryPoint['method'];
  /** Backups one can start from, newest first. */
  readonly backups: readonly string[];
  /** The newest proof by a test restore of any of them. */
  readonly verified: RecoveryPoint['verified'];
  /** Why it ends although later log exists. */
  readonly gap?: string;
}

/** A time of which no moment can be returned to, between two ranges. */
export interface UnreachableTime {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
}

export interface Reach {
  /** The newest end first. */
  readonly ranges: readonly ReachableRange[];
  /** The newest first. */
  readonly holes: readonly UnreachableTime[];
}

/** Joins what single recovery points reach. Dumps and backups without log are single moments, and join nothing. */
export function reachOf(points: readonly RecoveryPoint[]): Reach {
  const lines = Map.groupBy(points, lineOf);
  const ranges = [...lines.values()]
    .flatMap(joined)
    .sort((a, b) => time(b.to) - time(a.to) || time(b.from) - time(a.from));
  return { ranges, holes: holesBetween(ranges) };
}

const time = (iso: string): number => Date.parse(iso);

/** Only moments of one log join; any other point stands for itself. */
const lineOf = ({ id, log, method }: RecoveryPoint): string =>
  method === 'postgres.base_backup+wal' && log !== undefined ? `${log.system}/${log.timeline}` : id;

function joined(points: readonly RecoveryPoint[]): readonly ReachableRange[] {
  const ranges: ReachableRange[] = [];
  for (const point of points.toSorted((a, b) => time(a.from) - time(b.from))) {
    const last = ranges.at(-1);
    if (last !== undefined && time(point.from) <= time(last.to)) ranges[ranges.length - 1] = withPoint(last, point);
    else ranges.push(rangeOf(point));
  }
  return ranges;
}

const rangeOf = ({ from, to, log, method, backup, verified, gap }: RecoveryPoint): ReachableRange => ({
  from,
  to,
  ...(log === undefined ? {} : { timeline: log.timeline }),
  method,
  backups: [backup],
  verified,
  ...(gap === undefined ? {} : { gap }),
});

/** The one that reaches further says why it ends. */
function withPoint({ gap, ...range }: ReachableRange, point: RecoveryPoint): ReachableRange {
  const further = time(point.to) >= time(range.to);
  const why = further ? point.gap : gap;
  return {
    ...range,
    to: further ? point.to : range.to,
    backups: [point.backup, ...range.backups],
    verified: newer(range.verified, point.verified),
    ...(why === undefined ? {} : { gap: why }),
  };
}

function newer(a: RecoveryPoint['verified'], b: RecoveryPoint['verified']): RecoveryPoint['verified'] {
  if (a.state === 'never') return b;
  return b.state === 'never' || time(b.at) < time(a.at) ? a : b;
}

function holesBetween(ranges: readonly ReachableRange[]): readonly UnreachableTime[] {
  const holes: UnreachableTime[] = [];
  let reached: string | undefined;
  for (const { from, to } of ranges.toSorted((a, b) => time(a.from) - time(b.from))) {
    if (reached !== undefined && time(from) > time(reached))
      holes.unshift({ from: reached, to: from, seconds: (time(from) - time(reached)) / 1000 });
    if (reached === undefined || time(to) > time(reached)) reached = to;
  }
  return holes;
}
