import { parseLsn } from '../../../model/lsn.ts';

/** How far a replica is. */
export interface ReplicaPosition {
  readonly name: string;
  readonly system: string;
  readonly timeline: number;
  /** The end of the log that it has on its disk, and of what it has replayed. */
  readonly received: string;
  readonly replayed: string;
  /** The newest commit that it replayed. ISO 8601; null when none was since it started. */
  readonly lastCommitAt: string | null;
}

/** The replica that has received most; of equal ones the first. Undefined when there is none. */
export function mostAdvanced<R extends ReplicaPosition>(replicas: readonly R[]): R | undefined {
  return replicas.reduce<R | undefined>(
    (best, one) => (best === undefined || isAhead(one, best) ? one : best),
    undefined,
  );
}

/** A higher timeline has left the lower one behind; positions compare only on one timeline. */
function isAhead(one: ReplicaPosition, other: ReplicaPosition): boolean {
  if (one.timeline !== other.timeline) return one.timeline > other.timeline;
  return parseLsn(one.received) > parseLsn(other.received);
}

/** The farthest that anybody knows the primary to have come, and who knows it. */
export interface KnownEnd {
  readonly from: 'primary' | 'repository';
  readonly position: string;
  readonly timeline: number;
}

/** Commits between two positions, read out of the log. */
export interface Counted {
  readonly commits: number;
  readonly seconds: number;
}

export interface Loss {
  /**
   * primary: it was asked, and the figures are exact. repository: our copy of the log reaches further than the replica: at least
   * so much. clock: nobody knows its last position: at most so long.
   */
  readonly known_from: 'primary' | 'repository' | 'clock';
  /** Undefined when nobody can count them. */
  readonly commits?: number;
  readonly bytes?: number;
  /** Undefined when the replica has replayed no commit and nobody knows more. */
  readonly seconds?: number;
}

export interface LossSources {
  readonly replica: ReplicaPosition;
  readonly end?: KnownEnd | undefined;
  readonly counted?: Counted | undefined;
  /** Until when the primary may have acknowledged commits. */
  readonly until: Date;
}

/** What is lost when the replica becomes the primary now. */
export function lossOf({ replica, end, counted, until }: LossSources): Loss {
  const bytes = end === undefined ? undefined : bytesBetween(replica, end);
  if (end?.from === 'primary')
    return bytes === 0
      ? { known_from: 'primary', commits: 0, bytes: 0, seconds: 0 }
      : { known_from: 'primary', ...(bytes === undefined ? {} : { bytes }), ...figures(counted) };
  if (end !== undefined && bytes !== undefined && bytes > 0)
    return { known_from: 'repository', bytes, ...figures(counted) };
  return { known_from: 'clock', ...sinceLastCommit(replica, until) };
}

const figures = (counted: Counted | undefined) =>
  counted === undefined ? {} : { commits: counted.commits, seconds: counted.seconds };

function sinceLastCommit({ lastCommitAt }: ReplicaPosition, until: Date): { seconds?: number } {
  if (lastCommitAt === null) return {};
  return { seconds: Math.max(0, until.getTime() - Date.parse(lastCommitAt)) / 1000 };
}

/** Undefined on different timelines, where positions say nothing about each other. */
function bytesBetween(replica: ReplicaPosition, end: KnownEnd): number | undefined {
  if (replica.timeline !== end.timeline) return undefined;
  const distance = parseLsn(end.position) - parseLsn(replica.received);
  return distance > 0n ? Number(distance) : 0;
}

/** Whether a loss stays within what may be lost. What nobody can tell does not. */
export const isWithin = ({ seconds }: Loss, limitMs: number): boolean =>
  seconds !== undefined && seconds * 1000 <= limitMs;

const BASIS: Readonly<Record<Loss['known_from'], string>> = {
  primary: 'the primary was asked',
  repository: 'at least, by our copy of the log; the primary cannot be asked',
  clock: 'at most, from its last commit on; nobody knows how far the primary came',
};

/** `3 commits, 0.4s (the primary was asked)` */
export function lossInWords({ known_from, commits, bytes, seconds }: Loss): string {
  const parts = [
    ...(commits === undefined ? [] : [`${commits} ${commits === 1 ? 'commit' : 'commits'}`]),
    ...(bytes === undefined ? [] : [`${bytes} bytes of log`]),
    ...(seconds === undefined ? [] : [`${seconds.toFixed(1)}s`]),
  ];
  return `${parts.length === 0 ? 'not known' : parts.join(', ')} (${BASIS[known_from]})`;
}

/** The later of two positions. */
export const laterOf = (one: string, other: string): string => (parseLsn(one) < parseLsn(other) ? other : one);
