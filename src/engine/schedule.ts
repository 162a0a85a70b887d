import type { ErrorRecord } from '../model/errors.ts';
import type { RunScenario, RunStep } from '../model/run-scenario.ts';
import { openObligations, type RunState, type StepState } from '../model/run-state.ts';
import { indexOf } from '../model/scenario-index.ts';
import { isDecidedFor, leftOut, mustWait } from './branches.ts';
import { failurePolicy } from './failure.ts';
import { isCollected, isCollecting, isItsTurn } from './items.ts';
import { isSettled } from './settled.ts';

/** What a run does next, decided from its plan and its state alone. */
export type Move =
  | { readonly do: 'carry-out'; readonly steps: Iterable<RunStep> }
  | { readonly do: 'undo'; readonly because: ErrorRecord }
  | { readonly do: 'put-back'; readonly steps: readonly RunStep[] }
  | { readonly do: 'fail'; readonly error: ErrorRecord }
  | { readonly do: 'pause'; readonly error: ErrorRecord }
  | { readonly do: 'succeed' };

/** By the definition, from all steps. The engine asks `moveFinder`, which comes to the same without looking at all of them. */
export function nextMove(scenario: RunScenario, state: RunState): Move {
  const verdicts = scenario.steps.map((step) => judge(scenario, step, state));
  return moveBy(scenario, state, {
    isTakenBack: verdicts.some(({ isTakenBack }) => isTakenBack),
    undo: verdicts.find(({ undo }) => undo)?.undo,
    stop: verdicts.find(({ stop }) => stop)?.stop,
    ready: scenario.steps.filter((_, index) => verdicts[index]?.isReady),
  });
}

/** What one step asks of the run, and what that hangs on. */
export interface Verdict {
  readonly isTakenBack: boolean;
  readonly undo?: ErrorRecord | undefined;
  readonly stop?: ErrorRecord | undefined;
  readonly isReady: boolean;
  readonly isSettled: boolean;
  readonly hasFailed: boolean;
  /** The place in its needs of one for which it still waits. */
  readonly waitsFor?: number | undefined;
}

/** `from` is the need to look at first: the one that was missing the last time is likely to be missing still. */
export function judge(scenario: RunScenario, step: RunStep, state: RunState, from = 0): Verdict {
  const known = state.steps.get(step.id);
  const status = known?.progress.status;
  return {
    isTakenBack: status === 'undoing' || status === 'undone',
    undo: known && undoReason(scenario, step, state, known),
    stop: known && stopReason(step, known),
    hasFailed: status === 'failed',
    ...readiness(scenario, step, state, from),
  };
}

/** What all steps together ask of the run: of the reasons the one of the first step in the plan, and all that may be carried out. */
export interface Agenda {
  readonly isTakenBack: boolean;
  readonly undo: ErrorRecord | undefined;
  readonly stop: ErrorRecord | undefined;
  readonly ready: Iterable<RunStep>;
}

/** Undoing begins with a failed step that asks for it or a person's word, and goes on until it is through, also after a crash. */
export function moveBy(scenario: RunScenario, state: RunState, { isTakenBack, undo, stop, ready }: Agenda): Move {
  if (isTakenBack) return { do: 'undo', because: TAKEN_BACK };
  if (undo) return { do: 'undo', because: undo };
  if (stop) return { do: 'fail', error: stop };
  for (const _ of ready) return { do: 'carry-out', steps: ready };
  const putBack = stepsToPutBack(scenario, state);
  if (putBack.length > 0) return { do: 'put-back', steps: putBack };
  return ending(scenario, state);
}

type Readiness = Pick<Verdict, 'isSettled' | 'isReady' | 'waitsFor'>;

/** What has begun goes on; what never will begin is put on record; what may begin has all that it needs, and it is its turn. */
function readiness(scenario: RunScenario, step: RunStep, state: RunState, from: number): Readiness {
  if (isSettled(scenario, step, state)) return { isSettled: true, isReady: false };
  if (!isItsTurn(step, state)) return { isSettled: false, isReady: false };
  if (isCollecting(step, state)) return { isSettled: false, isReady: isCollected(step, state) };
  const isBegun = (state.steps.get(step.id)?.progress.status ?? 'queued') !== 'queued';
  if (isBegun || leftOut(scenario, step, state) !== undefined) return { isSettled: false, isReady: true };
  const waitsFor = missingNeed(scenario, step, state, from);
  const isReady = waitsFor === undefined && !mustWait(scenario, step, state);
  return { isSettled: false, isReady, waitsFor };
}

/** The place of a need that is not met; all are looked at, round from the given one. */
function missingNeed(scenario: RunScenario, step: RunStep, state: RunState, from: number): number | undefined {
  const needs = step.needs ?? [];
  for (let at = 0; at < needs.length; at += 1) {
    const place = (from + at) % needs.length;
    if (!isMet(scenario, needs[place] as string, step, state)) return place;
  }
  return undefined;
}

/** Whether a step need not wait for one that it needs. */
function isMet(scenario: RunScenario, need: string, step: RunStep, state: RunState): boolean {
  const needed = indexOf(scenario).steps.get(need);
  if (!needed) return false;
  return isSettled(scenario, needed, state) && isDecidedFor(scenario, needed, step, state);
}

function stopReason(step: RunStep, known: StepState): ErrorRecord | undefined {
  if (known.decision?.decision === 'abort')
    return {
      code: 'STEP_FAILED',
      message: `${step.id}: ended by ${known.decision.by}: ${known.decision.reason}`,
      hint: 'Start a new run when it is clear what to do.',
    };
  if (known.progress.status === 'failed' && failurePolicy(step, known.progress.error) === 'stop')
    return known.progress.error;
  return undefined;
}

const TAKEN_BACK: ErrorRecord = {
  code: 'STEP_FAILED',
  message: 'the run was being taken back',
  hint: 'Everything this run did was taken back where that is possible.',
};

function undoReason(scenario: RunScenario, step: RunStep, state: RunState, known: StepState): ErrorRecord | undefined {
  if (known.progress.status === 'failed' && failurePolicy(step, known.progress.error) === 'undo')
    return known.progress.error;
  if (known.decision?.decision === 'undo' && !isSettled(scenario, step, state))
    return {
      code: 'STEP_FAILED',
      message: `${step.id}: ${known.decision.by} chose to undo: ${known.decision.reason}`,
      hint: 'Everything this run did was taken back where that is possible.',
    };
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
