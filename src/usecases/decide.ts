import { KnownError } from '../model/errors.ts';
import type { Signal } from '../model/journal.ts';
import { DECISIONS, type Decision } from '../model/run.ts';
import type { RunState } from '../model/run-state.ts';
import { openObligations } from '../model/run-state.ts';
import { findRun, waitingStep } from './find-run.ts';
import { isOver } from './resume.ts';
import type { Services } from './services.ts';

export interface DecideRequest {
  readonly run: string;
  readonly step: string;
  readonly decision: string;
  readonly reason?: string;
  readonly by?: string;
}

export interface DecideResult {
  readonly run: string;
  readonly step: string;
  readonly by: string;
  readonly decision: Decision | 'failed';
  /** True when nobody drives the run at present, so that it must be resumed for the decision to take effect. */
  readonly resume: boolean;
}

/**
 * Says how to go on with a step that failed, whose outcome is unknown, or that left something to put back. Of what somebody was
 * asked to do: that it is done, or that it could not be done.
 */
export async function decide(request: DecideRequest, services: Services): Promise<DecideResult> {
  // A word that is none is said to be so before anything is looked for.
  if (request.decision !== 'failed') decisionFrom(request.decision);
  const { journal, state } = await findRun(request.run, services);
  const by = request.by ?? services.actor;
  const word = wordFrom(request, state, services);
  await journal.signal(state.id, by, word);
  const decision = word.type === 'step.decided' ? word.decision : word.outcome;
  const summary = (await journal.runs()).find(({ id }) => id === state.id);
  return { run: state.id, step: request.step, by, decision, resume: summary?.ownerState !== 'alive' };
}

function wordFrom(
  { step, decision, reason }: DecideRequest,
  state: RunState,
  { redact }: Services,
): Extract<Signal, { type: 'step.decided' | 'step.answered' }> {
  const isTask = taskAt(state, step);
  if (isTask && decision === 'done')
    return { type: 'step.answered', step, outcome: 'done', answer: redact(reason ?? '') };
  const chosen = isTask ? undefined : decisionFrom(decision);
  if (isTask && decision !== 'failed') throw notAnAnswer(decision, state.id);
  if (chosen) requireQuestion(state, step);
  if (!reason) throw new KnownError('USAGE', 'a decision needs a reason', 'Add: --reason "…"');
  return chosen
    ? { type: 'step.decided', step, decision: chosen, reason: redact(reason) }
    : { type: 'step.answered', step, outcome: 'failed', answer: redact(reason) };
}

/** Whether a step waits for somebody to do something, who has only two things to say about it. */
function taskAt({ status, steps }: RunState, step: string): boolean {
  const known = steps.get(step);
  return !isOver(status) && known?.progress.status === 'waiting' && known.progress.waitsFor.kind === 'task';
}

const notAnAnswer = (text: string, run: string): KnownError =>
  new KnownError(
    'USAGE',
    `"${text}" is no answer to what somebody is asked to do`,
    `done: it is done, --reason "…" says what was found. failed: it could not be done, --reason "…" says why. To end the run: lifeboat cancel ${run}`,
  );

function decisionFrom(text: string): Decision {
  const found = DECISIONS.find((decision) => decision === text);
  if (found) return found;
  throw new KnownError('USAGE', `"${text}" is not a decision`, `One of: ${DECISIONS.join(', ')}`);
}

/** A step may be decided about while it waits for that, or while something that it left is not put back. */
function requireQuestion(state: RunState, step: string): void {
  if (isOver(state.status))
    throw new KnownError('USAGE', `the run ${state.id} is over: ${state.status}`, `See: lifeboat status ${state.id}`);
  if (!openObligations(state).some((obligation) => obligation.step === step)) waitingStep(state, step, 'decision');
}
