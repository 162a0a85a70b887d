import type { Judged } from '../catalog/retention.ts';
import { verifiedState } from '../catalog/verified.ts';
import { hours } from '../lib/duration.ts';
import { KnownError } from '../model/errors.ts';
import { formatLsn } from '../model/lsn.ts';
import type { Plan } from '../model/plan.ts';
import type { RecoveryPoint } from '../model/recovery-point.ts';
import type { LogRef } from '../model/repository.ts';
import { findComponent } from './find-component.ts';
import { requirePlan } from './load-plan.ts';
import { openWorld } from './open-world.ts';
import { carryOut } from './prune-carry-out.ts';
import { type Judgement, judgeComponent } from './prune-judge.ts';
import { plannedPlace } from './repository-place.ts';
import type { PlanWorld, Services } from './services.ts';

export interface PruneRequest {
  readonly component?: string | undefined;
  /** Without it nothing is removed: it is only said what would be. */
  readonly remove: boolean;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface PruneResult {
  readonly repository: string;
  /** False when it was only said what would go. */
  readonly removed: boolean;
  readonly components: readonly PrunedComponent[];
}

export interface PrunedComponent {
  readonly component: string;
  /** The newest first. */
  readonly keep: readonly PrunedBackup[];
  /** The oldest first, as they go. */
  readonly remove: readonly PrunedBackup[];
  /** Log that no backup needs which stays. */
  readonly log: { readonly stretches: number; readonly bytes: number; readonly from?: string; readonly to?: string };
  /** Objects without a manifest. `goes`: they were broken off more than a day ago. */
  readonly unfinished: readonly {
    readonly backup: string;
    readonly bytes: number;
    readonly goes: boolean;
    readonly why: string;
  }[];
}

export interface PrunedBackup {
  readonly backup: string;
  readonly method: string;
  readonly finished_at: string;
  readonly bytes: number;
  readonly verified: RecoveryPoint['verified']['state'];
  readonly why: readonly string[];
}

/** Says which backups and which log are no longer needed, by the rules of the plan, and removes them when told to. */
export async function prune(request: PruneRequest, services: Services): Promise<PruneResult> {
  const { plan } = requirePlan(services);
  if (request.component !== undefined) findComponent(plan, request.component);
  const names = request.component === undefined ? namesWithBackups(plan) : [request.component];
  const world = await openWorld(plan, services);
  if (request.remove) await requireNoRun(world, services);
  const judgements: Judgement[] = [];
  // All are judged before anything is removed: what is wrong with one of them stops it all.
  for (const name of names) judgements.push(await judgeComponent(name, world, services.clock.now()));
  if (request.remove) for (const judgement of judgements) await carryOut(judgement, world.repository, request);
  const components = judgements.map(shown);
  return { repository: world.repository.place, removed: request.remove, components };
}

const namesWithBackups = ({ components }: Plan): readonly string[] =>
  Object.keys(components).filter((name) => (components[name]?.backups.length ?? 0) > 0);

/** How long ago a run on another machine may have shown itself last; clocks may differ. */
const SEEN = hours(1);

/** A recovery may be reading the very backup that would go, or be about to choose it. */
async function requireNoRun(world: PlanWorld, services: Services): Promise<void> {
  const runs = await services.journal(world.stateFolder).runs();
  const open = runs.find(({ status }) => !ENDED.has(status));
  if (open) throw underWay(open.id, `lifeboat next ${open.id}`);
  const copies = services.copies(plannedPlace(world.plan));
  const now = services.clock.now().getTime();
  for (const run of await copies.runs()) {
    const known = runs.some(({ id }) => id === run);
    const signs = known ? [] : await copies.signs(run);
    if (signs.some(({ at }) => Math.abs(now - Date.parse(at)) < SEEN))
      throw underWay(run, 'Wait until an hour after it has ended on its machine.');
  }
}

const ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'canceled']);

const underWay = (run: string, hint: string): KnownError =>
  new KnownError('RUN_LOCKED', `the recovery ${run} is not ended, and may need what would be removed`, hint);

function shown({ component, retention, stored, unfinished }: Judgement): PrunedComponent {
  const backupOf = ({ backup, why }: Judged): PrunedBackup => ({
    backup: backup.id,
    method: backup.method,
    finished_at: backup.finishedAt,
    bytes: backup.parts.flatMap(({ objects }) => objects).reduce((sum, { bytes }) => sum + bytes, 0),
    verified: verifiedState(backup, stored.verifications).state,
    why,
  });
  return {
    component,
    keep: retention.keep.map(backupOf),
    remove: retention.remove.map(backupOf),
    log: logShown(retention.log),
    unfinished: unfinished.map(({ backup, goes, why }) => ({ backup: backup.id, bytes: backup.bytes, goes, why })),
  };
}

function logShown(log: readonly LogRef[]): PrunedComponent['log'] {
  const bytes = log.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const [first, last] = [log[0], log.at(-1)];
  const span = first && last ? { from: formatLsn(first.from), to: formatLsn(last.to) } : {};
  return { stretches: log.length, bytes, ...span };
}
