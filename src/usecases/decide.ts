import { answerersFor, isPerson } from '../model/approvals.ts';
import { KnownError } from '../model/errors.ts';
import type { Signal } from '../model/journal.ts';
import { DECISIONS, type Decision } from '../model/run.ts';
import type { RunState } from '../model/run-state.ts';
import { openObligations } from '../model/run-state.ts';
import { findRun, isDriven, waitingStep } from './find-run.ts';
import { type KeptWord, sayWord } from './keep-word.ts';
import { isOver } from './resume.ts';
import type { Services } from './services.ts';
import { machineSays } from './task-verdict.ts';

export interface DecideRequest {
  readonly run: string;
  readonly step: string;
  readonly decision: string;
  readonly reason?: string;
  readonly by?: string;
  /** Why somebody answers a task who is not of the role that is asked. */
  readonly breakGlass?: string;
  /** Only with `retry`: what is broken cannot be backed up any more. */
  readonly withoutSafetyPoint?: boolean;
  /** Only with `done` of a task at which a machine looks: it counts although the machine does not see it. */
  readonly despiteLook?: boolean;
}

export interface DecideResult extends KeptWord {
  readonly run: string;
  readonly step: string;
  readonly by: string;
  readonly decision: Decision | 'failed';
  /** True when nobody drives the run at present, so that it must be resumed for the decision to take effect. */
  readonly resume: boolean;
  /** What the machine that looks at a task says to "done"; `later`: it has not said so yet. */
  readonly machine?: 'seen' | 'later';
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
  const word = wordFrom(request, by, state, services);
  const { seq, kept } = await sayWord({ journal, state, by, word }, services);
  const decision = word.type === 'step.decided' ? word.decision : word.outcome;
  const driven = await isDriven(state.id, journal);
  const said = { run: state.id, step: request.step, by, decision, resume: !driven, ...kept };
  if (!isForTheMachine(state, word)) return said;
  if (!driven) return { ...said, machine: 'later' };
  return { ...said, machine: await machineSays({ state, step: request.step, seq }, journal, services) };
}

/** A "done" that a machine has to see, too. */
const isForTheMachine = ({ steps }: RunState, word: Extract<Signal, { step: string }>): boolean =>
  word.type === 'step.answered' &&
  word.outcome === 'done' &&
  !word.despiteLook &&
  steps.get(word.step)?.looked !== undefined;

function wordFrom(
  request: DecideRequest,
  by: string,
  state: RunState,
  { redact }: Services,
): Extract<Signal, { type: 'step.decided' | 'step.answered' }> {
  const { step, decision, reason, breakGlass, withoutSafetyPoint = false } = request;
  const isTask = taskAt(state, step);
  const chosen = isTask ? undefined : decisionFrom(decision);
  if (isTask && decision !== 'failed' && decision !== 'done') throw notAnAnswer(decision, state.id);
  if (isTask) requireAnswerer(request, by, state);
  else if (breakGlass !== undefined)
    throw new KnownError('USAGE', `anybody may decide about ${step}`, 'Leave --break-glass out.');
  const broken = breakGlass === undefined ? {} : { breakGlass: redact(breakGlass) };
  const despite = despiteLook(request, state, isTask);
  if (isTask && decision === 'done')
    return { type: 'step.answered', step, outcome: 'done', answer: redact(reason ?? ''), ...broken, ...despite };
  if (chosen) requireQuestion(state, step);
  if (withoutSafetyPoint) requireMissingPoint(state, step, decision);
  if (!reason) throw new KnownError('USAGE', 'a decision needs a reason', 'Add: --reason "…"');
  return chosen
    ? { type: 'step.decided', step, decision: chosen, reason: redact(reason), ...waiving(withoutSafetyPoint) }
    : { type: 'step.answered', step, outcome: 'failed', answer: redact(reason), ...broken };
}

/** Nobody overrules a machine by habit: only where one looks, and with a reason. */
function despiteLook(
  { step, decision, reason, despiteLook: is = false }: DecideRequest,
  state: RunState,
  isTask: boolean,
): { readonly despiteLook?: true } {
  if (!is) return {};
  if (!isTask || decision !== 'done' || state.steps.get(step)?.looked === undefined)
    throw new KnownError(
      'USAGE',
      '--despite-look goes with "done" of a task at which a machine looks, alone',
      `See what it waits for: lifeboat next ${state.id}`,
    );
  if (reason === undefined || reason.trim() === '')
    throw new KnownError('USAGE', 'overruling the machine needs a reason', 'Add: --reason "…"');
  return { despiteLook: true };
}

const waiving = (is: boolean): { readonly withoutSafetyPoint?: true } => (is ? { withoutSafetyPoint: true } : {});

/** Nobody goes without a safety point by habit: only where one was looked for, and is missing. */
function requireMissingPoint(state: RunState, step: string, decision: string): void {
  const progress = state.steps.get(step)?.progress;
  const why =
    progress?.status === 'waiting' && progress.waitsFor.kind === 'decision' ? progress.waitsFor.why : undefined;
  if (decision === 'retry' && why?.code === 'SAFETY_POINT_MISSING') return;
  throw new KnownError(
    'USAGE',
    decision === 'retry' ? `${step} misses no safety point` : '--without-safety-point goes with "retry" alone',
    `See what it waits for: lifeboat next ${state.id}`,
  );
}

/** Whether a step waits for somebody to do something, who has only two things to say about it. */
function taskAt({ status, steps }: RunState, step: string): boolean {
  const known = steps.get(step);
  return !isOver(status) && known?.progress.status === 'waiting' && known.progress.waitsFor.kind === 'task';
}

/** Of a task that is somebody's only they may say how it went, or whoever breaks the glass. */
function requireAnswerer({ run, step, decision, breakGlass }: DecideRequest, by: string, state: RunState): void {
  const known = state.steps.get(step);
  const people = known && answerersFor(known, state.origin);
  if (breakGlass?.trim() === '')
    throw new KnownError(
      'USAGE',
      'breaking the glass needs a reason',
      'Say why: --break-glass "nobody answers, and …"',
    );
  if (breakGlass !== undefined && !isPerson(state.origin, by))
    throw new KnownError(
      'USAGE',
      `${by} is not among the people of the plan, and only they may break the glass`,
      'Say who you are with --by NAME.',
    );
  if (breakGlass !== undefined || people === undefined || people.includes(by)) return;
  throw new KnownError(
    'USAGE',
    `${by} is not among those whose task ${step} is: ${people.join(', ')}`,
    `Say who answers with --by: ${people.join(', ')}. When none of them can be reached: lifeboat decide ${run} ${step} ${decision} --break-glass "why" --reason "…"`,
  );
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
  throw new KnownError('USAGE', `"${text}" is not a decision`, `One of: ${DECISIONS.join(', ')}, edit`);
}

/** A step may be decided about while it waits for that, or while something that it left is not put back. */
function requireQuestion(state: RunState, step: string): void {
  if (isOver(state.status))
    throw new KnownError('USAGE', `the run ${state.id} is over: ${state.status}`, `See: lifeboat status ${state.id}`);
  if (!openObligations(state).some((obligation) => obligation.step === step)) waitingStep(state, step, 'decision');
}
