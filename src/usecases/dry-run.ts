import { withReadOnly } from '../actions/wrap.ts';
import { dryRun, type PlannedStep } from '../engine/dry-run.ts';
import type { Actions } from '../engine/ports.ts';
import type { JsonObject } from '../lib/json.ts';
import { Plan } from '../model/plan.ts';
import { openWorld } from './open-world.ts';
import { prepareOrigin, type RecoverRequest } from './recover.ts';
import { portsFor } from './run-ports.ts';
import type { Services } from './services.ts';

export type { PlannedStep };

export interface DryRunResult {
  readonly scenario: string;
  readonly environment: string;
  readonly plan_hash: string;
  readonly inputs: JsonObject;
  readonly steps: readonly PlannedStep[];
}

/** What a recovery would do, step by step, in the world as it is. Only looks. */
export async function dryRunScenario(
  request: RecoverRequest,
  services: Services,
  signal: AbortSignal,
): Promise<DryRunResult> {
  const origin = prepareOrigin(request, services);
  const world = await openWorld(Plan.parse(origin.plan), services);
  const ports = portsFor(world, services, { mayAsk: false, watch: () => undefined });
  const steps = await dryRun(origin, { ...ports, actions: lookingOnly(ports.actions) }, signal);
  const { scenario, environment, planHash, inputs } = origin;
  return { scenario, environment, plan_hash: planHash, inputs, steps };
}

/** Whatever goes wrong, a dry run cannot change anything. */
const lookingOnly = (actions: Actions): Actions => ({
  find(name) {
    const found = actions.find(name);
    return found && { ...found, action: withReadOnly(found.action) };
  },
});
