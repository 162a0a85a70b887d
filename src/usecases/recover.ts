import { check } from '../check/check.ts';
import { startRun } from '../engine/execute.ts';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { isError } from '../model/finding.ts';
import type { Scenario } from '../model/plan.ts';
import type { RunOrigin } from '../model/run.ts';
import type { LoadedPlan } from '../plan/load.ts';
import { unknownName } from './find-component.ts';
import { findPlan } from './find-plan.ts';
import { planError, requirePlan } from './load-plan.ts';
import { momentOf } from './moment.ts';
import { openWorld } from './open-world.ts';
import { requireSecrets } from './require-secrets.ts';
import { inputsFrom } from './run-inputs.ts';
import { portsFor, type Watching } from './run-ports.ts';
import { concludeRun, type RunResult } from './run-result.ts';
import type { Services } from './services.ts';

export interface RecoverRequest {
  readonly scenario: string;
  /** `name=value` texts. */
  readonly set: readonly string[];
  /** When the damage was done, if it is known. */
  readonly impact?: string;
}

/** Carries out a scenario of the plan, the real thing. Whatever its end, report and evidence are written. */
export async function recover(request: RecoverRequest, services: Services, watching: Watching): Promise<RunResult> {
  const origin = prepareOrigin(request, services);
  const loaded = requirePlan(services);
  const world = await openWorld(loaded.plan, services);
  requireSecrets(loaded.plan, loaded.plan.scenarios[request.scenario] as Scenario, services);
  const id = services.makeId('run', services.clock.now());
  const lock = `${loaded.plan.plan.name}/${origin.environment}`;
  const ports = portsFor(world, services, watching);
  const state = await startRun({ id, lock, origin }, ports, watching.signal);
  return concludeRun(state.id, world, services);
}

/** What the run is frozen with. Refuses a plan with errors, an unknown scenario and wrong inputs; touches nothing. */
export function prepareOrigin(request: RecoverRequest, services: Services): RunOrigin {
  const loaded = requirePlan(services);
  refuseOnErrors(loaded, request.scenario, services);
  const { scenarios } = loaded.plan;
  const scenario = Object.hasOwn(scenarios, request.scenario) ? scenarios[request.scenario] : undefined;
  if (!scenario) throw unknownName('scenario', request.scenario, Object.keys(scenarios));
  return {
    plan: loaded.plan as unknown as JsonObject,
    planHash: loaded.hash,
    planFile: findPlan(services),
    scenario: request.scenario,
    environment: loaded.environment,
    inputs: inputsFrom(scenario, request.set),
    version: services.version,
    ...(request.impact === undefined ? {} : { impactAt: impactFrom(request.impact, services) }),
  };
}

function refuseOnErrors(loaded: LoadedPlan, scenario: string, services: Services): void {
  const facts = { now: services.clock.now(), actions: services.actions, recovering: scenario };
  const wrong = check(loaded, facts).filter(isError);
  if (wrong.length > 0) throw planError('PLAN_REFUSED', wrong);
}

function impactFrom(text: string, services: Services): string {
  const impact = momentOf(text);
  if (Date.parse(impact) <= services.clock.now().getTime()) return impact;
  throw new KnownError('USAGE', `--impact ${text} is in the future`, 'Say when the damage was done.');
}
