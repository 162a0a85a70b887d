import type { Observation } from '../actions/action.ts';
import { withReadOnly } from '../actions/wrap.ts';
import { scopeFor } from '../engine/scope.ts';
import { withDeadline } from '../engine/with-deadline.ts';
import { seconds } from '../lib/duration.ts';
import type { Json } from '../lib/json.ts';
import { isInDoubt } from '../model/adopted-run.ts';
import { asEdited } from '../model/edited.ts';
import { errorRecord, KnownError } from '../model/errors.ts';
import { scenarioOfRun } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';
import { openWorld } from './open-world.ts';
import { planOfRun } from './plan-of-run.ts';
import type { Services } from './services.ts';

/** A person waits for it. */
const LOOK_WITHIN = seconds(15);

/** What the world says of a step: whether it has taken effect. */
export interface SeenStep {
  readonly state: Observation<unknown>['state'];
  /** Why nothing is known, where that is so. */
  readonly why?: string;
}

/** Looks, and changes nothing. Never throws for what it cannot see: the person must be able to decide all the same. */
export async function lookAtStep(
  state: RunState,
  id: string,
  services: Services,
  signal: AbortSignal,
): Promise<SeenStep> {
  try {
    const seen = await observe(state, id, services, signal);
    return seen.state === 'unknown' ? { state: 'unknown', why: services.redact(seen.why) } : { state: seen.state };
  } catch (error) {
    signal.throwIfAborted();
    return { state: 'unknown', why: `it could not be looked at: ${services.redact(errorRecord(error).message)}` };
  }
}

async function observe(
  state: RunState,
  id: string,
  services: Services,
  signal: AbortSignal,
): Promise<Observation<unknown>> {
  const written = scenarioOfRun(state).steps.find((one) => one.id === id);
  const step = written && asEdited(written, state);
  const world = await openWorld(planOfRun(state), services);
  const found = step && services.openActions(world).find(step.uses);
  if (!step || !found)
    throw new KnownError('PLAN_INVALID', `the action of ${id} is not in this build`, 'Look at the target yourself.');
  const action = withReadOnly(found.action);
  const input = action.input.parse(services.expressions.resolve(step.with as Json, scopeFor(state, step)));
  const ctx = {
    client: found.client,
    key: `${state.id}/${id}`,
    clock: services.clock,
    notes: state.steps.get(id)?.notes ?? [],
    inDoubt: isInDoubt(state, id),
    log: () => undefined,
    note: () => Promise.reject(new KnownError('INTERNAL', 'a look keeps nothing', 'This is a fault in Lifeboat.')),
  };
  const deadline = {
    ms: Math.min(action.timeout, LOOK_WITHIN),
    clock: services.clock,
    signal,
    what: `looking at ${id}`,
  };
  return withDeadline(deadline, (limited) => action.observe({ ...ctx, signal: limited }, input));
}
