import { KnownError } from '../model/errors.ts';
import type { RunJournal } from '../model/journal.ts';
import type { WaitsFor } from '../model/run.ts';
import { scenarioOfRun } from '../model/run-scenario.ts';
import { foldRun, type RunState, type StepState } from '../model/run-state.ts';
import { unknownName } from './find-component.ts';
import { findState } from './find-plan.ts';
import type { Services } from './services.ts';

/** A run and the journal it is in. Throws RUN_NOT_FOUND. */
export async function findRun(
  id: string,
  services: Services,
): Promise<{ readonly journal: RunJournal; readonly state: RunState }> {
  const journal = services.journal(findState(services));
  return { journal, state: foldRun(await journal.events(id)) };
}

/** The newest run. Throws RUN_NOT_FOUND when there is none. */
export async function newestRun(services: Services): Promise<string> {
  const stateFolder = findState(services);
  const runs = await services.journal(stateFolder).runs();
  const newest = [...runs].sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  if (newest) return newest.id;
  throw new KnownError(
    'RUN_NOT_FOUND',
    `no run is kept in ${stateFolder}`,
    'Another state folder is named with --state.',
  );
}

/** Whether a living process of this machine drives the run. */
export const isDriven = async (id: string, journal: RunJournal): Promise<boolean> =>
  (await journal.runs()).some((summary) => summary.id === id && summary.ownerState === 'alive');

/** A step of a run that waits for a person's word. Throws USAGE, saying what waits instead. */
export function waitingStep<Kind extends WaitsFor['kind']>(state: RunState, id: string, kind: Kind) {
  const step = state.steps.get(id);
  const { progress } = step ?? {};
  if (step && progress?.status === 'waiting' && progress.waitsFor.kind === kind)
    return { step, waitsFor: progress.waitsFor as Extract<typeof progress.waitsFor, { kind: Kind }> };
  throw notWaiting(state, id, kind);
}

function notWaiting(state: RunState, id: string, kind: WaitsFor['kind']): KnownError {
  const waiting = [...state.steps.values()].flatMap(({ id: name, progress }: StepState) =>
    progress.status === 'waiting' ? [`${name} waits for ${WORDS[progress.waitsFor.kind]}`] : [],
  );
  const hint = waiting.length > 0 ? `${waiting.join('; ')}.` : `Nothing waits. See: lifeboat status ${state.id}`;
  if (state.steps.has(id)) return new KnownError('USAGE', `the step ${id} does not wait for ${WORDS[kind]}`, hint);
  if (isInPlan(state, id)) return new KnownError('USAGE', `the step ${id} has not begun`, hint);
  return new KnownError('USAGE', unknownName('step', id, [...state.steps.keys()]).message, hint);
}

const WORDS = {
  approval: 'an approval',
  confirmation: 'a confirmation',
  decision: 'a decision',
  task: 'somebody to do something',
} as const;

function isInPlan(state: RunState, id: string): boolean {
  return scenarioOfRun(state).steps.some((step) => step.id === id);
}
