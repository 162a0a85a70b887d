import { KnownError } from '../model/errors.ts';
import { formatLsn, parseLsn } from '../model/lsn.ts';
import type { RecoveryPoint } from '../model/recovery-point.ts';

/** Where someone wants to return to. */
export type PointTarget =
  | { readonly kind: 'latest' }
  | { readonly kind: 'time'; readonly at: Date }
  | { readonly kind: 'lsn'; readonly lsn: bigint };

/** The point to start from for a target; throws POINT_NOT_FOUND or LOG_GAP that say what exists instead. */
export function choosePoint(points: readonly RecoveryPoint[], target: PointTarget): RecoveryPoint {
  if (points.length === 0) {
    throw new KnownError('POINT_NOT_FOUND', 'there is no recovery point at all', 'Take a first backup.');
  }
  switch (target.kind) {
    case 'latest':
      return latest(points);
    case 'time':
      return atTime(points, target.at);
    case 'lsn':
      return atPosition(points, target.lsn);
  }
}

/** The newest reachable moment; of a timeline and the one that followed it after a failover, the follower. */
function latest(points: readonly RecoveryPoint[]): RecoveryPoint {
  return best(points.filter((point) => !wasLeft(point, points))) ?? nothingFits('the latest moment', points);
}

function atTime(points: readonly RecoveryPoint[], at: Date): RecoveryPoint {
  const wanted = at.getTime();
  const begun = points.filter((point) => Date.parse(point.from) <= wanted);
  const found = newestBackup(begun.filter((point) => Date.parse(point.to) >= wanted));
  return found ?? unreached(at.toISOString(), begun, points);
}

function atPosition(points: readonly RecoveryPoint[], lsn: bigint): RecoveryPoint {
  const begun = points.filter((point) => point.log && parseLsn(point.log.from) <= lsn);
  const found = newestBackup(begun.filter((point) => point.log && parseLsn(point.log.to) >= lsn));
  return found ?? unreached(formatLsn(lsn), begun, points);
}

/** True when another span from the same backup goes over to a later timeline: what this one holds beyond was given up. */
function wasLeft(point: RecoveryPoint, points: readonly RecoveryPoint[]): boolean {
  return points.some((other) => other.backup === point.backup && timelineOf(other) > timelineOf(point));
}

const timelineOf = (point: RecoveryPoint): number => point.log?.timeline ?? 0;

/** The newest end; of equal ends the newest backup, which leaves the least to replay. */
function best(points: readonly RecoveryPoint[]): RecoveryPoint | undefined {
  return points.toSorted((a, b) => Date.parse(b.to) - Date.parse(a.to) || byBackup(a, b))[0];
}

const newestBackup = (points: readonly RecoveryPoint[]): RecoveryPoint | undefined => points.toSorted(byBackup)[0];

const byBackup = (a: RecoveryPoint, b: RecoveryPoint): number =>
  Date.parse(b.from) - Date.parse(a.from) || timelineOf(b) - timelineOf(a);

/** A hole in the log is another matter than a moment nobody kept: it may be filled from another copy. */
function unreached(what: string, begun: readonly RecoveryPoint[], points: readonly RecoveryPoint[]): never {
  const gap = begun.toSorted(byBackup).find((point) => point.gap !== undefined)?.gap;
  if (gap === undefined) return nothingFits(what, points);
  throw new KnownError(
    'LOG_GAP',
    `the log does not reach ${what}: ${gap}`,
    `Bring the missing log back from another copy, or choose another moment. ${whatExists(points)}`,
  );
}

function nothingFits(what: string, points: readonly RecoveryPoint[]): never {
  throw new KnownError('POINT_NOT_FOUND', `no recovery point reaches ${what}`, whatExists(points));
}

const SHOWN = 5;

function whatExists(points: readonly RecoveryPoint[]): string {
  const spans = points.slice(0, SHOWN).map((point) => {
    const time = point.from === point.to ? point.from : `${point.from} to ${point.to}`;
    const log = point.log ? ` (${point.log.from} to ${point.log.to} on timeline ${point.log.timeline})` : '';
    return `${time}${log}`;
  });
  const more = points.length > SHOWN ? `, and ${points.length - SHOWN} more` : '';
  return `There is: ${spans.join(', ')}${more}.`;
}
