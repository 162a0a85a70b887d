import type { ActionContext, AnyAction } from '../actions/action.ts';
import type { Seen } from '../actions/run-desk.ts';
import { type Duration, formatDuration } from '../lib/duration.ts';
import type { Json } from '../lib/json.ts';
import { type ErrorRecord, errorRecord, KnownError } from '../model/errors.ts';
import { type Look, seenWords } from '../model/plan/look.ts';
import { refuseFenced } from './fence.ts';
import type { StepRun } from './run-step.ts';
import { scopeFor } from './scope.ts';
import { withDeadline } from './with-deadline.ts';

/** One look, for as long as there is time. */
export interface OneLook {
  readonly look: Look;
  readonly signal: AbortSignal;
  /** Default: what the action says. */
  readonly within?: Duration;
}

/**
 * Looks once with an action that changes nothing, and judges what it gives. What cannot be looked at is not so, and says why; it throws
 * what no further look can put right.
 */
export async function lookOnce(run: StepRun, { look, signal, within }: OneLook): Promise<Seen> {
  const { action, client } = lookingAction(run, look);
  const input = inputFor(run, action, look);
  const ms = Math.min(action.timeout, within ?? action.timeout);
  const what = `${run.step.id}: looking with ${action.name}`;
  try {
    const output = await withDeadline({ ms, clock: run.ports.clock, signal, what }, (limited) =>
      outputOf(action, contextOf(run, client, limited), input),
    );
    return judged(run, look, output);
  } catch (error) {
    signal.throwIfAborted();
    const record = errorRecord(error);
    if (FOR_GOOD.has(record.code)) throw error;
    return { met: false, seen: `it cannot be told: ${record.message}` };
  }
}

/** What looking again does not change. */
const FOR_GOOD: ReadonlySet<ErrorRecord['code']> = new Set([
  'INTERNAL',
  'PLAN_INVALID',
  'USAGE',
  'SECRET_MISSING',
  'KEY_MISSING',
  'KEY_WRONG',
  'BINARY_MISSING',
  'TARGET_PROTECTED',
  'RUN_FENCED',
]);

/** Fails closed: whatever `check` was told to overlook, a look carries out nothing that could change the world. */
function lookingAction({ step, ports }: StepRun, { uses }: Look): { action: AnyAction; client: unknown } {
  const found = ports.actions.find(uses);
  if (found?.action.danger === 'read' && found.action.worksOn === undefined) return found;
  const why = found === undefined ? 'is not available in this build' : 'does more than look';
  throw new KnownError(
    'PLAN_INVALID',
    `${step.id}: it cannot be looked at with ${uses}, which ${why}`,
    'docs/reference/actions.md says which actions only read. For a command that only looks: shell.look.',
  );
}

function inputFor({ step, log }: StepRun, action: AnyAction, look: Look): unknown {
  refuseFenced(log.state().origin, step.id, look.with as Json, action);
  const parsed = action.input.safeParse(look.with);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
  throw new KnownError(
    'PLAN_INVALID',
    `${step.id}: ${action.name} does not take this input: ${wrong.join('; ')}`,
    `See ${action.name} in docs/reference/actions.md.`,
  );
}

async function outputOf(action: AnyAction, ctx: ActionContext<unknown>, input: unknown): Promise<Json> {
  const seen = await action.observe(ctx, input);
  const output = seen.state === 'done' ? seen.output : await action.run(ctx, input);
  const parsed = action.output.safeParse(output);
  if (parsed.success) return parsed.data as Json;
  throw new KnownError(
    'TARGET_FAILED',
    `${action.name} answered with something else than it promises`,
    'Look at the target.',
  );
}

/** A look leaves nothing behind: what it notes is forgotten, and each one is new. */
function contextOf({ step, log, ports }: StepRun, client: unknown, signal: AbortSignal): ActionContext<unknown> {
  const notes: Json[] = [];
  return {
    client,
    key: `${log.state().id}/${step.id}/look`,
    signal,
    clock: ports.clock,
    log: () => undefined,
    note: async (note) => void notes.push(note),
    notes,
    fence: (text) => refuseFenced(log.state().origin, step.id, text),
  };
}

/** A condition that cannot be worked out for what was seen is not met: the next look may see more. */
function judged({ step, log, ports }: StepRun, look: Look, output: Json): Seen {
  const seen = ports.redact(seenWords(look, output));
  try {
    const met = ports.expressions.condition(look.until, { ...scopeFor(log.state(), step), outputs: output });
    return { met, seen, output };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return { met: false, seen: `${seen}; until cannot be worked out: ${error.message}` };
  }
}

/** What looks for something in vain says so, with the last that was seen. */
export const tooLate = (step: string, looksFor: string, given: Duration, last: Seen): KnownError =>
  new KnownError(
    'TIMED_OUT',
    `${step}: waited ${formatDuration(given)} in vain until ${looksFor}; last seen: ${last.seen}`,
    'Look why. "within" of the step gives it longer; "retry" waits as long once more.',
  );
