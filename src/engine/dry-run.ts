import type { AnyAction, GoesBack, Observation } from '../actions/action.ts';
import { nobodyThere } from '../actions/run-desk.ts';
import { noWayBack } from '../actions/way-back.ts';
import { seconds } from '../lib/duration.ts';
import type { Json } from '../lib/json.ts';
import { errorRecord, KnownError } from '../model/errors.ts';
import type { MeasuredSpan } from '../model/measured.ts';
import { parseSpan, safetyPointsOf } from '../model/plan.ts';
import type { Danger, JournalEvent, RunOrigin } from '../model/run.ts';
import { stepsForItem } from '../model/run-items.ts';
import { type RunStep, scenarioOfRun } from '../model/run-scenario.ts';
import { foldRun, type RunState } from '../model/run-state.ts';
import { whereOf } from '../model/where.ts';
import { refuseFenced } from './fence.ts';
import { itemsOf, previewOf } from './gather.ts';
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
  /** What it will touch, as far as its input says so. */
  readonly where: readonly string[];
  readonly permissions: readonly string[];
  readonly approve?: { readonly role: string; readonly count: number; readonly escalate?: readonly string[] };
  /** Steps that are looked at again right before it acts. */
  readonly proven?: readonly string[];
  /** Components of which a recovery point must have been taken since the run began. */
  readonly safety_points?: readonly string[];
  /** Who must say afterwards that the world is right, or it is taken back. */
  readonly confirm?: { readonly role: string; readonly count: number; readonly within: string };
  /** To which moment it would bring data back. */
  readonly goes_back?: GoesBack;
  /** Absent for what only looks. `why`: why it cannot be taken back. */
  readonly way_back?: { readonly possible: boolean; readonly why?: string };
  readonly expectMs?: number;
  /** How long it took in earlier runs. */
  readonly measured?: MeasuredSpan;
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
  for (const step of scenarioOfRun(state).steps) {
    if (step.for_each === undefined) planned.push(await plan(step, state, ports, signal));
    else
      for (const one of plannedItems(step, state, ports))
        planned.push('seen' in one ? one : await plan(one, state, ports, signal));
  }
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
  const measured = state.origin.measured?.[step.id];
  const input = resolved(step, state, ports);
  const where = whereOf(input ?? (step.with as Json), state.origin);
  const known = {
    ...about(step),
    ...(measured ? { measured } : {}),
    action: action.name,
    danger: action.danger,
    where,
    ...wayBack(action, step.with),
  };
  const parsed = input === undefined ? undefined : action.input.safeParse(input);
  if (input === undefined || !parsed?.success) return { ...known, ...laterStep(action, step) };
  const goesBack = action.goesBack ? { goes_back: action.goesBack(parsed.data) } : {};
  const ctx = {
    client: action.worksOn === 'run' ? nobodyThere : client,
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
      ...(seen.state === 'done' ? {} : goesBack),
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
      ...goesBack,
      input,
      changes,
      permissions: action.permissions(parsed.data),
      seen: 'unknown',
      trouble: ports.redact(errorRecord(error).message),
    };
  }
}

function wayBack(action: AnyAction, input: unknown): Pick<PlannedStep, 'way_back'> {
  if (action.danger === 'read') return {};
  const why = noWayBack(action, input);
  return { way_back: why === undefined ? { possible: true } : { possible: false, why } };
}

/** What depends on an earlier step is shown as it is written. */
const laterStep = (action: AnyAction, step: RunStep) => ({
  ...goesBackLater(action, step),
  input: step.with as Json,
  changes: [action.summary],
  permissions: [],
  seen: 'later' as const,
});

/** At least the component may be known. */
function goesBackLater(action: AnyAction, { with: input }: RunStep): Pick<PlannedStep, 'goes_back'> {
  const { component } = input;
  const isKnown = typeof component === 'string' && !component.includes('${{');
  return action.goesBack && isKnown ? { goes_back: { component } } : {};
}

const about = (step: RunStep) => ({
  step: step.id,
  ...(step.title === undefined ? {} : { title: step.title }),
  ...(step.proven === undefined ? {} : { proven: step.proven }),
  ...(step.safety_point === undefined ? {} : { safety_points: safetyPointsOf(step) }),
  ...(step.confirm === undefined ? {} : { confirm: step.confirm }),
  ...(step.approve === undefined ? {} : { approve: approvalOf(step.approve) }),
  ...(step.expect === undefined ? {} : { expectMs: parseSpan(step.expect)?.max as number }),
});

const approvalOf = ({ role, count, escalate }: NonNullable<RunStep['approve']>) => ({
  role,
  count,
  ...(escalate ? { escalate: escalate.map((one) => `${one.role} after ${one.after}`) } : {}),
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

/** Of many items the first few are looked at; the others are done in the same way. */
const ITEMS_LOOKED_AT = 10;

/** A step for each of several items in one line, then what is done for the first of them, as far as it is known for which. */
function plannedItems(step: RunStep, state: RunState, ports: EnginePorts): readonly (PlannedStep | RunStep)[] {
  const items = itemsKnown(step, state, ports);
  const run = { step, ports, log: { state: () => state } };
  const where = whereOf(step.with as Json, state.origin);
  const known = { ...about(step), action: step.uses, where, permissions: [] };
  if (!items) {
    const { danger } = previewOf(run, []);
    const changes = ['for each item of a list that an earlier step finds'];
    return [{ ...known, danger, input: step.for_each as Json, changes, seen: 'later' }];
  }
  const { danger, changes } = previewOf(run, items);
  const whole = { ...known, danger, input: items, changes: changes.slice(0, 1), seen: 'absent' as const };
  const first = items.slice(0, ITEMS_LOOKED_AT).flatMap((item, index) => stepsForItem(step, index, item));
  return [whole, ...first.flatMap((one) => (one.for_each === undefined ? [one] : plannedItems(one, state, ports)))];
}

/** Undefined when an earlier step finds them. Throws PLAN_INVALID when they are known and cannot be carried out. */
function itemsKnown(step: RunStep, state: RunState, ports: EnginePorts): readonly Json[] | undefined {
  try {
    ports.expressions.resolve(step.for_each as Json, scopeFor(state, step));
  } catch (error) {
    if (error instanceof KnownError && error.code === 'PLAN_INVALID') return undefined;
    throw error;
  }
  return itemsOf({ step, ports, log: { state: () => state } });
}
