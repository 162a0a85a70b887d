import type { ErrorRecord } from '../model/errors.ts';
import type { RunScenario, RunStep } from '../model/run-scenario.ts';
import { openObligations, type RunState, type StepState } from '../model/run-state.ts';
import { isDecidedFor, isLeftBehind, leftOut, mustWait } from './branches.ts';
import { failurePolicy } from './failure.ts';

/** What a run does next, decided from its plan and its state alone. */
export type Move =
  | { readonly do: 'carry-out'; readonly steps: readonly RunStep[] }
  | { readonly do: 'undo'; readonly because: ErrorRecord }
  | { readonly do: 'put-back'; readonly steps: readonly RunStep[] }
  | { readonly do: 'fail'; readonly error: ErrorRecord }
  | { readonly do: 'pause'; readonly error: ErrorRecord }
  | { readonly do: 'succeed' };

export function nextMove(scenario: RunScenario, state: RunState): Move {
  const undoing = undoReason(scenario, state);
  if (undoing) return { do: 'undo', because: undoing };
  const stopped = scenario.steps
    .map((step) => stopReason(step, state.steps.get(step.id)))
    .find((error) => error !== undefined);
  if (stopped) return { do: 'fail', error: stopped };
  const ready = scenario.steps.filter((step) => isReady(scenario, step, state));
  if (ready.length > 0) return { do: 'carry-out', steps: ready };
  const putBack = stepsToPutBack(scenario, state);
  if (putBack.length > 0) return { do: 'put-back', steps: putBack };
  return ending(scenario, state);
}

/** What has begun goes on; what never will begin is put on record; what may begin has all that it needs, and it is its turn. */
function isReady(scenario: RunScenario, step: RunStep, state: RunState): boolean {
  if (isSettled(scenario, step, state)) return false;
  const isBegun = (state.steps.get(step.id)?.progress.status ?? 'queued') !== 'queued';
  if (isBegun || leftOut(scenario, step, state) !== undefined) return true;
  return hasAllItNeeds(scenario, step, state) && !mustWait(scenario, step, state);
}

const hasAllItNeeds = (scenario: RunScenario, step: RunStep, state: RunState): boolean =>
  (step.needs ?? []).every((id) => {
    const needed = scenario.steps.find((candidate) => candidate.id === id);
    return needed && isSettled(scenario, needed, state) && isDecidedFor(scenario, needed, step, state);
  });

/** A settled step needs nothing more. */
function isSettled(scenario: RunScenario, step: RunStep, state: RunState): boolean {
  const progress = state.steps.get(step.id)?.progress;
  if (progress?.status === 'failed')
    return failurePolicy(step, progress.error) === 'continue' || isLeftBehind(scenario, step, state);
  return progress?.status === 'succeeded' || progress?.status === 'skipped';
}

function stopReason(step: RunStep, known: StepState | undefined): ErrorRecord | undefined {
  if (known?.decision?.decision === 'abort')
    return {
      code: 'STEP_FAILED',
      message: `${step.id}: ended by ${known.decision.by}: ${known.decision.reason}`,
      hint: 'Start a new run when it is clear what to do.',
    };
  if (known?.progress.status === 'failed' && failurePolicy(step, known.progress.error) === 'stop')
    return known.progress.error;
  return undefined;
}

/** Undoing begins with a failed step that asks for it or a person's word, and goes on until it is through, also after a crash. */
function undoReason(scenario: RunScenario, state: RunState): ErrorRecord | undefined {
  const begun = [...state.steps.values()].find(
    (known) => known.progress.status === 'undoing' || known.progress.status === 'undone',
  );
  if (begun)
    return {
      code: 'STEP_FAILED',
      message: 'the run was being taken back',
      hint: 'Everything this run did was taken back where that is possible.',
    };
  for (const step of scenario.steps) {
    const known = state.steps.get(step.id);
    if (!known) continue;
    if (known.progress.status === 'failed' && failurePolicy(step, known.progress.error) === 'undo')
      return known.progress.error;
    if (known.decision?.decision === 'undo' && !isSettled(scenario, step, state))
      return {
        code: 'STEP_FAILED',
        message: `${step.id}: ${known.decision.by} chose to undo: ${known.decision.reason}`,
        hint: 'Everything this run did was taken back where that is possible.',
      };
  }
  return undefined;
}

/** Steps that ended, owe something, and of which a person has said "undo" or "done". */
function stepsToPutBack(scenario: RunScenario, state: RunState): readonly RunStep[] {
  const owing = new Set(openObligations(state).map((obligation) => obligation.step));
  return scenario.steps.filter((step) => {
    const decision = state.steps.get(step.id)?.decision?.decision;
    return owing.has(step.id) && (decision === 'undo' || decision === 'done');
  });
}

function ending(scenario: RunScenario, state: RunState): Move {
  const stuck = scenario.steps.filter((step) => !isSettled(scenario, step, state)).map(({ id }) => id);
  if (stuck.length > 0) return { do: 'fail', error: stuckError(stuck) };
  if (openObligations(state).length > 0) return { do: 'pause', error: obligationError(state) };
  if (state.healthyAt !== undefined) return { do: 'succeed' };
  const message = `the run ended without the step "${scenario.healthy}" having succeeded: nothing proves that the service is healthy`;
  return {
    do: 'fail',
    error: {
      code: 'VERIFICATION_FAILED',
      message,
      hint: 'Look at why that step did not succeed, then start a new run.',
    },
  };
}

/** A check should have refused such a plan. What never began must not look as if it was done. */
const stuckError = (steps: readonly string[]): ErrorRecord => ({
  code: 'PLAN_INVALID',
  message: `nothing can begin these steps, because they wait for each other: ${steps.join(', ')}`,
  hint: 'Look at their needs. Of alternatives only one is taken, so none may wait for another one.',
});

/** Why a run with open obligations may not close, and how to settle the first of them. */
export function obligationError(state: RunState): ErrorRecord {
  const open = openObligations(state);
  const hint = `lifeboat decide ${state.id} ${open[0]?.step} undo --reason "…" puts it back; then lifeboat recover --resume ${state.id}`;
  return {
    code: 'OBLIGATION_OPEN',
    message: `the run may not close: ${open.map((obligation) => obligation.what).join('; ')}`,
    hint,
  };
}
