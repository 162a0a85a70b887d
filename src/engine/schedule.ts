import type { ErrorRecord } from '../model/errors.ts';
import type { Scenario, Step } from '../model/plan.ts';
import { openObligations, type RunState, type StepState } from '../model/run-state.ts';
import { failurePolicy } from './failure.ts';

/** What a run does next, decided from its plan and its state alone. */
export type Move =
  | { readonly do: 'carry-out'; readonly steps: readonly Step[] }
  | { readonly do: 'undo'; readonly because: ErrorRecord }
  | { readonly do: 'put-back'; readonly steps: readonly Step[] }
  | { readonly do: 'fail'; readonly error: ErrorRecord }
  | { readonly do: 'pause'; readonly error: ErrorRecord }
  | { readonly do: 'succeed' };

export function nextMove(scenario: Scenario, state: RunState): Move {
  const undoing = undoReason(scenario, state);
  if (undoing) return { do: 'undo', because: undoing };
  const stopped = scenario.steps
    .map((step) => stopReason(step, state.steps.get(step.id)))
    .find((error) => error !== undefined);
  if (stopped) return { do: 'fail', error: stopped };
  const ready = scenario.steps.filter((_, index) => isReady(scenario, index, state));
  if (ready.length > 0) return { do: 'carry-out', steps: ready };
  const putBack = stepsToPutBack(scenario, state);
  if (putBack.length > 0) return { do: 'put-back', steps: putBack };
  return ending(scenario, state);
}

/** Names of the steps that must have ended well before the one at `index`: what it says, else the step above. */
export function needsOf(scenario: Scenario, index: number): readonly string[] {
  const step = scenario.steps[index];
  if (step?.needs) return step.needs;
  const above = scenario.steps[index - 1];
  return above ? [above.id] : [];
}

function isReady(scenario: Scenario, index: number, state: RunState): boolean {
  const step = scenario.steps[index] as Step;
  if (isSettled(step, state.steps.get(step.id))) return false;
  return needsOf(scenario, index).every((id) => {
    const needed = scenario.steps.find((candidate) => candidate.id === id) as Step;
    return isSettled(needed, state.steps.get(id));
  });
}

/** A settled step needs nothing more: those that wait for it may go on. */
function isSettled(step: Step, known: StepState | undefined): boolean {
  const status = known?.progress.status ?? 'queued';
  if (known?.progress.status === 'failed') return failurePolicy(step, known.progress.error) === 'continue';
  return status === 'succeeded' || status === 'skipped';
}

function stopReason(step: Step, known: StepState | undefined): ErrorRecord | undefined {
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
function undoReason(scenario: Scenario, state: RunState): ErrorRecord | undefined {
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
    if (known.decision?.decision === 'undo' && !isSettled(step, known))
      return {
        code: 'STEP_FAILED',
        message: `${step.id}: ${known.decision.by} chose to undo: ${known.decision.reason}`,
        hint: 'Everything this run did was taken back where that is possible.',
      };
  }
  return undefined;
}

/** Steps that ended, owe something, and of which a person has said "undo" or "done". */
function stepsToPutBack(scenario: Scenario, state: RunState): readonly Step[] {
  const owing = new Set(openObligations(state).map((obligation) => obligation.step));
  return scenario.steps.filter((step) => {
    const decision = state.steps.get(step.id)?.decision?.decision;
    return owing.has(step.id) && (decision === 'undo' || decision === 'done');
  });
}

function ending(scenario: Scenario, state: RunState): Move {
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
