import { formatDuration, hours, minutes, seconds } from '../lib/duration.ts';
import { parseSchedule } from '../lib/schedule.ts';
import type { PlanPath } from '../model/finding.ts';
import {
  BACKUP_METHODS,
  type BackupMethodName,
  type BackupPolicy,
  type Component,
  type Plan,
  parseSpan,
} from '../model/plan.ts';
import { isLost } from './losses.ts';

/** One place in which copies of one policy are kept. */
export interface CopyPlace {
  readonly policy: BackupPolicy;
  readonly path: PlanPath;
  /** Undefined when the plan does not say where. */
  readonly domain: string | undefined;
  /** True when nothing says otherwise: the copies stay where the component itself is. */
  readonly beside: boolean;
  readonly copy: BackupPolicy['copies'][number] | undefined;
}

/** What Lifeboat takes itself and keeps in the repository of the plan. */
const IN_REPOSITORY: ReadonlySet<BackupMethodName> = new Set([
  'postgres.base_backup',
  'postgres.wal_stream',
  'postgres.dump',
]);

/** Where the copies of a component live. What keeps nothing is no copy. */
export function copyPlaces({ repository }: Plan, name: string, component: Component): readonly CopyPlace[] {
  return component.backups.flatMap((policy, index): readonly CopyPlace[] => {
    const path = ['components', name, 'backups', index];
    if (BACKUP_METHODS[policy.method].loses === 'nothing-kept') return [];
    if (policy.copies.length > 0)
      return policy.copies.map((copy, at) => ({
        policy,
        path: [...path, 'copies', at],
        domain: copy.domain,
        beside: false,
        copy,
      }));
    const kept = component.kind === 'postgres' && repository && IN_REPOSITORY.has(policy.method);
    return [{ policy, path, domain: kept ? repository.domain : component.domain, beside: !kept, copy: undefined }];
  });
}

/** Whether a copy, and the key that opens it, are still there when these domains are lost. */
export const survives = ({ domain, copy }: CopyPlace, lost: readonly string[]): boolean =>
  !isLost(domain, lost) && !isLost(copy?.key_in, lost);

export interface WorstLoss {
  readonly method: BackupMethodName;
  readonly loss: number;
  readonly text: string;
}

/** Taking a copy is never done in no time, and no copy that follows is ever quite up to date. */
const UNKNOWN = 1;

/** How far the copies that follow all the time are behind when the plan does not say. */
const USUAL_LAG: Partial<Record<BackupMethodName, { readonly lag: number; readonly why: string }>> = {
  'postgres.wal_stream': { lag: seconds(5), why: 'what the stream of the log has not stored yet when the server dies' },
  'rds.point_in_time': { lag: minutes(5), why: 'RDS uploads its logs every 5 minutes' },
  'rds.multi_az': { lag: 0, why: 'the standby is written together with the primary' },
  's3.versioning': { lag: 0, why: 'every version is kept' },
  's3.replication': { lag: minutes(15), why: 'most objects are copied within 15 minutes' },
  'terraform.state': { lag: 0, why: 'every version is kept' },
  'git.repository': { lag: 0, why: 'every commit is kept' },
  'registry.images': { lag: 0, why: 'every image is kept' },
};

/** What is lost at worst when the newest copy of one place is chosen; undefined when nothing bounds it. */
export function worstLossOf(place: CopyPlace): WorstLoss | undefined {
  const { method } = place.policy;
  const far = lagOf(place);
  switch (BACKUP_METHODS[method].loses) {
    case 'nothing-kept':
      return undefined;
    case 'lag':
      return place.policy.synchronous ? noLoss(method) : followingLoss(method, far);
    case 'segment':
      return segmentLoss(place.policy);
    case 'interval':
      return intervalLoss(place.policy, far ?? 0);
  }
}

const lagOf = ({ copy }: CopyPlace): number | undefined =>
  copy?.lag === undefined ? undefined : parseSpan(copy.lag)?.max;

const noLoss = (method: BackupMethodName): WorstLoss => ({
  method,
  loss: 0,
  text: 'nothing: commits wait until their log is kept',
});

function followingLoss(method: BackupMethodName, lag: number | undefined): WorstLoss {
  if (lag !== undefined) return { method, loss: lag, text: `${formatDuration(lag)}: ${method} is so far behind` };
  const usual = USUAL_LAG[method];
  if (usual) return { method, loss: usual.lag, text: `${formatDuration(usual.lag)}: ${usual.why}` };
  return { method, loss: UNKNOWN, text: `what ${method} is behind: it follows, and nobody says how closely (lag)` };
}

/** An idle server never fills a segment: only a forced switch (archive_timeout, told as "every") bounds the loss. */
function segmentLoss({ method, every }: BackupPolicy): WorstLoss | undefined {
  const gap = every === undefined ? undefined : parseSchedule(every)?.longestGap;
  if (gap === undefined || gap === 0) return undefined;
  return { method, loss: gap, text: `${formatDuration(gap)}: ${method} hands over a segment at least every ${every}` };
}

function intervalLoss({ method, every, takes }: BackupPolicy, lag: number): WorstLoss | undefined {
  const schedule = every === undefined ? undefined : parseSchedule(every);
  const gap = schedule?.longestGap;
  if (schedule === undefined || gap === undefined || every === undefined) return undefined;
  const window = schedule.kind === 'daily' ? (schedule.window ?? 0) : 0;
  const taking = takes === undefined ? UNKNOWN : (parseSpan(takes)?.max ?? UNKNOWN);
  const short = /^\d/.test(every) ? every : formatDuration(gap);
  const parts = [
    short,
    ...(window > 0 ? [formatDuration(window)] : []),
    takes ?? 'the time it takes',
    ...(lag > 0 ? [formatDuration(lag)] : []),
  ];
  const why = [
    `${method} is taken ${/^\d/.test(every) ? `every ${every}` : every}`,
    ...(window > 0 ? [`at some time within ${formatDuration(window)}`] : []),
    takes === undefined ? 'nobody says how long that takes' : `that takes ${takes}`,
    ...(lag > 0 ? [`the copy is ${formatDuration(lag)} behind`] : []),
  ];
  const said = why.length === 1 ? String(why[0]) : `${why.slice(0, -1).join(', ')}, and ${why.at(-1)}`;
  return { method, loss: gap + window + taking + lag, text: `${parts.join(' + ')}: ${said}` };
}

/** Log can only be replayed on a base backup that is there as well. */
export const LOGS: ReadonlySet<BackupMethodName> = new Set(['postgres.wal_stream', 'postgres.wal_archive']);

/** What follows its original at once follows its mistakes too: of no use against a deletion or damaged data. */
export const MIRRORS: ReadonlySet<BackupMethodName> = new Set([
  'postgres.replica',
  'rds.replica',
  'rds.multi_az',
  's3.replication',
]);

/** The best of these copies, and how much choosing it loses at worst. */
export function bestLoss(places: readonly CopyPlace[]): WorstLoss | undefined {
  const base = places.some(({ policy }) => policy.method === 'postgres.base_backup');
  return places
    .filter(({ policy }) => base || !LOGS.has(policy.method))
    .flatMap((place) => worstLossOf(place) ?? [])
    .sort((a, b) => a.loss - b.loss)[0];
}

/** How long an archive takes, at best and at worst, before it begins to give data back (S3 Glacier, standard retrieval). */
export const RETRIEVAL: Partial<Record<string, { readonly min: number; readonly max: number }>> = {
  archive: { min: hours(3), max: hours(5) },
  'deep-archive': { min: hours(12), max: hours(12) },
};
