import { resumeRun } from '../engine/execute.ts';
import type { Extension } from '../engine/run-deadline.ts';
import { KnownError } from '../model/errors.ts';
import type { RunSummary } from '../model/journal.ts';
import { foldRun, type RunState } from '../model/run-state.ts';
import { findState } from './find-plan.ts';
import { openWorld } from './open-world.ts';
import { planOfRun } from './plan-of-run.ts';
import { type Watching, whileCopied } from './run-ports.ts';
import { concludeRun, type RunResult } from './run-result.ts';
import type { Services } from './services.ts';
import { papersAreWhole } from './write-report.ts';

export type { Extension };

/** Goes on with a run where it stopped, with the plan it was started with, and with more time where a person gives it. Without a name: the only one that is not over. */
export async function resume(
  run: string | undefined,
  services: Services,
  watching: Watching,
  extension?: Extension,
): Promise<RunResult> {
  const journal = services.journal(findState(services));
  const id = run ?? (await unfinishedRun(services));
  const state = foldRun(await journal.events(id));
  if (state.endedAt !== undefined) await refuseFinished(state, services);
  const world = await openWorld(planOfRun(state), services);
  watching.resumes?.(state.lastSeq);
  await whileCopied(world, services, watching, (ports) => resumeRun(id, ports, watching.signal, extension));
  return concludeRun(id, world, services);
}

async function unfinishedRun(services: Services): Promise<string> {
  const runs = await services.journal(findState(services)).runs();
  const open = runs.filter(({ status }) => !isOver(status));
  if (open.length === 1) return open[0]?.id as string;
  if (open.length === 0) return paperless(runs[0], services);
  const names = open.map(({ id, scenario }) => `${id} (${scenario})`).join(', ');
  throw new KnownError('USAGE', `several runs are not over: ${names}`, 'Name one: lifeboat recover --resume RUN');
}

/** A run that was killed just after its last event is over, and still lacks its report. */
async function paperless(newest: RunSummary | undefined, services: Services): Promise<string> {
  if (newest && !(await isTold(newest.id, services))) return newest.id;
  throw new KnownError('RUN_NOT_FOUND', 'there is no run to resume', 'See all runs with: lifeboat runs');
}

export const isOver = (status: string): boolean => ['succeeded', 'failed', 'canceled'].includes(status);

async function isTold(id: string, services: Services): Promise<boolean> {
  const stateFolder = findState(services);
  return papersAreWhole(stateFolder, id, await services.journal(stateFolder).lines(id));
}

async function refuseFinished({ id, status, endedAt }: RunState, services: Services): Promise<void> {
  if (!(await isTold(id, services))) return;
  throw new KnownError('USAGE', `the run ${id} is over: ${status} at ${endedAt}`, `See it with: lifeboat status ${id}`);
}
