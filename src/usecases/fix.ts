import { type ErrorRecord, KnownError } from '../model/errors.ts';
import { DECISIONS, type Decision } from '../model/run.ts';
import { openObligations, type RunState } from '../model/run-state.ts';
import { runUnderWay } from './attach.ts';
import { frozenInputsHint } from './frozen-inputs.ts';
import { lookAtStep, type SeenStep } from './look-at-step.ts';
import { journalOf, lookAtRun, type RunLook } from './run-look.ts';
import type { Services } from './services.ts';
import { undoStack } from './way-back.ts';

/** One answer a person can give, what follows from it, and how to give it from any terminal. */
export interface Choice {
  readonly decision: Decision | 'edit';
  readonly follows: string;
  readonly command: string;
}

/** All that a person must know to decide how to go on with a step. */
export interface FixResult {
  readonly run: string;
  readonly step: string;
  readonly title?: string;
  /** What went wrong; absent where the step only left something that is not put back. */
  readonly error?: ErrorRecord;
  readonly hint?: string;
  readonly owed: readonly string[];
  /** Whether the step has taken effect, by a look at the world just now. */
  readonly seen: SeenStep;
  readonly choices: readonly Choice[];
  /** What is to be typed after the decision, where nobody drives the run. */
  readonly resume?: string;
}

export interface FixRequest {
  readonly run?: string;
  readonly step?: string;
}

/** Gathers what is to be decided about a step that stopped, without deciding it. Changes nothing. */
export async function fix(request: FixRequest, services: Services, signal: AbortSignal): Promise<FixResult> {
  const run = request.run ?? (await runUnderWay(journalOf(services), 'fix'));
  const look = await lookAtRun(run, services);
  const { picture, state } = look;
  const step = stepFrom(request.step, look);
  const waiting = picture.waiting.find((one) => one.step === step && one.waits_for.kind === 'decision');
  const error = waiting?.waits_for.kind === 'decision' ? waiting.waits_for.why : undefined;
  const owed = openObligations(state).filter((one) => one.step === step);
  const hint = error && frozenInputsHint(state, step);
  return {
    run,
    step,
    ...(waiting?.title === undefined ? {} : { title: waiting.title }),
    ...(error === undefined ? {} : { error }),
    ...(hint === undefined ? {} : { hint }),
    owed: owed.map(({ what }) => what),
    seen: await lookAtStep(state, step, services, signal),
    choices: choicesFor(look, step, error, services),
    ...(picture.driver === 'alive' || picture.driver === 'elsewhere'
      ? {}
      : { resume: `lifeboat recover --resume ${run}` }),
  };
}

/** The step that is named, if it is for a person to decide about; else the first one that is. */
function stepFrom(named: string | undefined, { asks, state }: RunLook): string {
  const open = asks.filter(({ kind }) => kind === 'decision' || kind === 'put back').flatMap(({ step }) => step ?? []);
  const owing = state.endedAt === undefined ? openObligations(state).map(({ step }) => step) : [];
  const step = named ?? open[0];
  if (step !== undefined && [...open, ...owing].includes(step)) return step;
  const message =
    named === undefined
      ? `no step of ${state.id} needs a decision`
      : `the step ${named} of ${state.id} needs no decision`;
  const hint = open.length > 0 ? `${open.join(', ')} does.` : `See what it waits for: lifeboat next ${state.id}`;
  throw new KnownError('USAGE', message, hint);
}

function choicesFor(
  { state }: RunLook,
  step: string,
  error: ErrorRecord | undefined,
  { actions }: Services,
): readonly Choice[] {
  const stopped = error !== undefined;
  const possible = stopped ? DECISIONS : (['undo', 'done'] as const);
  const edit = stopped && !openObligations(state).some((one) => one.step === step) ? [editChoice(state.id, step)] : [];
  return [...choicesOf(possible, { state, step, stopped, actions }), ...edit];
}

const editChoice = (run: string, step: string): Choice => ({
  decision: 'edit',
  follows:
    'Gives it another input, which is recorded. Whoever approved the one before is asked anew. Then decide "retry".',
  command: `lifeboat decide ${run} ${step} edit --set key=value --reason "…"`,
});

interface Choosing extends Pick<Services, 'actions'> {
  readonly state: RunState;
  readonly step: string;
  readonly stopped: boolean;
}

function choicesOf(possible: readonly Decision[], { state, step, stopped, actions }: Choosing): readonly Choice[] {
  return possible.map((decision) => ({
    decision,
    follows: stopped ? followsOf(decision, state, actions) : PUT_BACK[decision as keyof typeof PUT_BACK],
    command: `lifeboat decide ${state.id} ${step} ${decision} --reason "…"`,
  }));
}

const PUT_BACK = {
  undo: 'The run puts it back when nothing else is left to do, and then ends.',
  done: 'It is put back already, or somebody does it by hand: you answer for it.',
};

function followsOf(decision: Decision, state: RunState, actions: Services['actions']): string {
  switch (decision) {
    case 'retry':
      return 'Looks again and tries again, with the same inputs.';
    case 'done':
      return 'Goes on as if it had succeeded. You answer for it: nothing is looked at, and it puts out nothing.';
    case 'skip':
      return 'Goes on without it. What it would have done stays undone.';
    case 'undo':
      return undoWords(state, actions);
    case 'abort': {
      const left = openObligations(state).map(({ what }) => what);
      return `Ends the run as failed. Nothing is taken back${left.length > 0 ? `, and this stays: ${left.join('; ')}` : ''}.`;
    }
  }
}

function undoWords(state: RunState, actions: Services['actions']): string {
  const { order, stays } = undoStack(state, actions);
  const list = order.length > 0 ? order.join(', ') : 'nothing yet';
  const left = stays.length === 0 ? '' : ` This stays: ${stays.join('; ')}`;
  return `Takes back what this run did, newest first (${list}), and ends the run as failed.${left}`;
}
