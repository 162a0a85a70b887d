import { loadCatalogued } from '../catalog/load.ts';
import type { Catalogued } from '../catalog/recovery-points.ts';
import { type KeepRule, type Retention, retentionOf } from '../catalog/retention.ts';
import { hours, parseDuration } from '../lib/duration.ts';
import { KnownError } from '../model/errors.ts';
import type { Keep, Plan } from '../model/plan.ts';
import type { BackupManifest, UnfinishedBackup } from '../model/repository.ts';
import type { PlanWorld } from './services.ts';

/** What of one component goes and stays, with all that this rests on. */
export interface Judgement {
  readonly component: string;
  readonly stored: Catalogued;
  readonly retention: Retention;
  readonly unfinished: readonly JudgedLeftover[];
}

export interface JudgedLeftover {
  readonly backup: UnfinishedBackup;
  readonly goes: boolean;
  readonly why: string;
}

const DAY_MS = hours(24);

/** Reads the repository and decides. Nothing is changed. */
export async function judgeComponent(
  component: string,
  { plan, repository }: PlanWorld,
  now: Date,
): Promise<Judgement> {
  const lockDays = plan.repository?.object_lock?.days;
  // Leftovers first: a backup that is finished in between is then among the manifests, and its objects in no danger.
  const leftovers = await repository.unfinished(component);
  const stored = await loadCatalogued(repository, component);
  requireClock(stored.manifests, now);
  const finished = new Set(stored.manifests.map(({ id }) => id));
  const unfinished = leftovers
    .filter(({ id }) => !finished.has(id))
    .map((backup) => ({ backup, ...leftover(backup, { now, lockDays }) }));
  const retention = retentionOf({
    stored,
    ruleOf: (method) => keepRule(plan, component, method),
    now,
    lockDays,
    underWaySince: underWaySince(unfinished),
  });
  return { component, stored, retention, unfinished };
}

/** A machine whose clock is behind sees nothing as old; one whose clock is ahead would see everything so. */
function requireClock(manifests: readonly BackupManifest[], now: Date): void {
  const late = manifests.find(({ finishedAt }) => Date.parse(finishedAt) > now.getTime() + hours(1));
  if (!late) return;
  throw new KnownError(
    'TARGET_FAILED',
    `the backup ${late.id} is of ${late.finishedAt}, and the clock of this machine says ${now.toISOString()}`,
    'Nothing was removed. Set the clock, e.g.: timedatectl set-ntp true',
  );
}

/** What the policies of a method say; where they say nothing, what the repository says. */
export function keepRule({ components, repository }: Plan, component: string, method: string): KeepRule {
  const policies = (components[component]?.backups ?? []).filter((policy) => policy.method === method);
  const said = policies.flatMap(({ keep }) => keep ?? []);
  if (said.includes('forever')) return 'forever';
  // Of several schedules with one method nothing tells the copies apart: the longest holds for all.
  const [longest] = said.toSorted((a, b) => (parseDuration(b) ?? 0) - (parseDuration(a) ?? 0));
  return longest === undefined ? repository?.keep : ({ within: longest } satisfies Keep);
}

interface Moment {
  readonly now: Date;
  readonly lockDays: number | undefined;
}

function leftover({ lastWrittenAt }: UnfinishedBackup, { now, lockDays = 0 }: Moment): Omit<JudgedLeftover, 'backup'> {
  if (lastWrittenAt === undefined) return { goes: false, why: 'the store does not say when it was written' };
  const age = now.getTime() - lastWrittenAt.getTime();
  if (age < DAY_MS) return { goes: false, why: `written to at ${lastWrittenAt.toISOString()}: it may be under way` };
  if (age < lockDays * DAY_MS) return { goes: false, why: 'its objects are locked' };
  return { goes: true, why: `broken off, last written to at ${lastWrittenAt.toISOString()}` };
}

/** From when on a backup that is not finished may need log; the beginning of time where nobody knows it. */
function underWaySince(unfinished: readonly JudgedLeftover[]): Date | undefined {
  const begun = unfinished.filter(({ goes }) => !goes).map(({ backup }) => backup.begunAt?.getTime() ?? 0);
  return begun.length === 0 ? undefined : new Date(Math.min(...begun));
}
