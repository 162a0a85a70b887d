import type { Observation } from '../actions/action.ts';
import { seconds } from '../lib/duration.ts';
import type { Json } from '../lib/json.ts';
import { errorRecord, KnownError } from '../model/errors.ts';
import { parseSpan } from '../model/plan.ts';
import type { Danger, JournalEvent, RunOrigin } from '../model/run.ts';
import { type RunStep, scenarioOfRun } from '../model/run-scenario.ts';
import { foldRun, type RunState } from '../model/run-state.ts';
import { refuseFenced } from './fence.ts';
import type { EnginePorts } from './ports.ts';
import { scopeFor } from './scope.ts';
import { withDeadline } from './with-deadline.ts';

/** A dry run is for people who wait for it: what cannot be seen within this time is said to be so. */
const LOOK_WITHIN = seconds(30);

/** One step of a run that is not carried out: what it would do, as far as that can be known beforehand. */
export interface PlannedStep {
  readonly step: string;
  readonly title?: string;
  readonly action: string;
  readonly danger: Danger;
  /** With expressions resolved where what they need is known; as written where it depends on an earlier step. */
  readonly input: Json;
  readonly changes: readonly string[];
  readonly permissions: readonly string[];
  readonly approve?: { readonly role: string; readonly count: number };
  readonly expectMs?: number;
  /** `later`: depends on what an earlier step finds out. */
  readonly seen: Observation<unknown>['state'] | 'later';
  /** Why the world could not be looked at, where that is so. */
  readonly trouble?: string;
}

/** Every step in order, looked at and not carried out: only `observe` and `preview` are called. */
export async function dryRun(
  origin: RunOrigin,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<readonly PlannedStep[]> {
  const state = imagined(origin, ports);
  const planned: PlannedStep[] = [];
  for (const step of scenarioOfRun(state.origin).steps) planned.push(await plan(step, state, ports, signal));
  return planned;
}

/** A run that exists nowhere: its state at the very start. */
function imagined(origin: RunOrigin, ports: EnginePorts): RunState {
  const created: JournalEvent = {
    run: 'dry-run',
    seq: 1,
    at: ports.clock.now().toISOString(),
    by: ports.actor,
    prev: '',
    type: 'run.created',
    ...origin,
  };
  return foldRun([created]);
}

async function plan(step: RunStep, state: RunState, ports: EnginePorts, signal: AbortSignal): Promise<PlannedStep> {
  const found = ports.actions.find(step.uses);
  if (!found)
    throw new KnownError(
      'PLAN_INVALID',
      `${step.id}: the action ${step.uses} is not available in this build`,
      'See docs/reference/actions.md for the actions there are.',
    );
  const { action, client } = found;
  const known = { ...about(step), action: action.name, danger: action.danger };
  const input = resolved(step, state, ports);
  const parsed = input === undefined ? undefined : action.input.safeParse(input);
  if (input === undefined || !parsed?.success)
    return { ...known, input: step.with as Json, changes: [action.summary], permissions: [], seen: 'later' };
  const ctx = {
    client,
    key: `dry-run/${step.id}`,
    signal,
    clock: ports.clock,
    notes: [],
    log: () => undefined,
    note: refuseNote,
    fence: (text: string) => refuseFenced(state.origin, step.id, text),
  };
  try {
    refuseFenced(state.origin, step.id, input, action);
    const deadline = {
      ms: Math.min(action.timeout, LOOK_WITHIN),
      clock: ports.clock,
      signal,
      what: `looking at ${step.id}`,
    };
    const seen = await withDeadline(deadline, (limited) => action.observe({ ...ctx, signal: limited }, parsed.data));
    return {
      ...known,
      input,
      changes: action.preview(parsed.data, seen).changes,
      permissions: action.permissions(parsed.data),
      seen: seen.state,
    };
  } catch (error) {
    signal.throwIfAborted();
    const changes = action.preview(parsed.data, { state: 'absent' }).changes;
    return {
      ...known,
      input,
      changes,
      permissions: action.permissions(parsed.data),
      seen: 'unknown',
      trouble: ports.redact(errorRecord(error).message),
    };
  }
}

const about = (step: RunStep) => ({
  step: step.id,
  ...(step.title === undefined ? {} : { title: step.title }),
  ...(step.approve === undefined ? {} : { approve: { role: step.approve.role, count: step.approve.count } }),
  ...(step.expect === undefined ? {} : { expectMs: parseSpan(step.expect)?.max as number }),
});

/** Undefined when the input depends on a step that has not run. */
function resolved(step: RunStep, state: RunState, ports: EnginePorts): Json | undefined {
  try {
    return ports.expressions.resolve(step.with as Json, scopeFor(state, step));
  } catch (error) {
    if (error instanceof KnownError && error.code === 'PLAN_INVALID') return undefined;
    throw error;
  }
}

const refuseNote = (): Promise<void> =>
  Promise.reject(new KnownError('INTERNAL', 'a dry run keeps nothing', 'This is a fault in Lifeboat.'));
