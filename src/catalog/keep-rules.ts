import { formatDuration, parseDuration } from '../lib/duration.ts';
import type { Keep } from '../model/plan.ts';
import type { BackupManifest } from '../model/repository.ts';

/** Which backups of one component and method a rule of the plan names, and why each. Given the newest first. */
export function namedByRule(
  newestFirst: readonly BackupManifest[],
  keep: Keep,
  now: Date,
): ReadonlyMap<string, readonly string[]> {
  const why = new Map<string, string[]>();
  const name = (backup: BackupManifest, reason: string): void => {
    why.set(backup.id, [...(why.get(backup.id) ?? []), reason]);
  };
  for (const backup of newestFirst.slice(0, keep.last ?? 0)) name(backup, `one of the last ${keep.last}`);
  const within = keep.within === undefined ? undefined : parseDuration(keep.within);
  for (const backup of newestFirst)
    if (within !== undefined && now.getTime() - Date.parse(backup.finishedAt) <= within)
      name(backup, `younger than ${formatDuration(within)}`);
  for (const [field, word, periodOf] of PERIODS)
    for (const [period, backup] of newestOfEach(newestFirst, periodOf, keep[field] ?? 0))
      name(backup, `the newest of ${word} ${period}`);
  return why;
}

/** Days begin at midnight UTC, weeks on Mondays: they do not move with the machine that looks. */
const PERIODS: readonly (readonly [
  field: 'daily' | 'weekly' | 'monthly' | 'yearly',
  word: string,
  periodOf: (at: Date) => string,
])[] = [
  ['daily', 'day', (at) => at.toISOString().slice(0, 10)],
  ['weekly', 'the week from', (at) => mondayOf(at).toISOString().slice(0, 10)],
  ['monthly', 'month', (at) => at.toISOString().slice(0, 7)],
  ['yearly', 'year', (at) => at.toISOString().slice(0, 4)],
];

const DAY_MS = 24 * 60 * 60 * 1000;
const mondayOf = (at: Date): Date => new Date(at.getTime() - ((at.getUTCDay() + 6) % 7) * DAY_MS);

/** The newest backup of each of so many periods; periods without one do not count. */
function newestOfEach(
  newestFirst: readonly BackupManifest[],
  periodOf: (at: Date) => string,
  count: number,
): ReadonlyMap<string, BackupManifest> {
  const found = new Map<string, BackupManifest>();
  for (const backup of newestFirst) {
    const period = periodOf(new Date(backup.finishedAt));
    if (found.size < count && !found.has(period)) found.set(period, backup);
  }
  return found;
}
