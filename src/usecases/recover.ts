import { check } from '../check/check.ts';
import { startRun } from '../engine/execute.ts';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { Fence } from '../model/fence.ts';
import { isError } from '../model/finding.ts';
import type { RunOrigin } from '../model/run.ts';
import { frozenSteps, scenarioOfRun } from '../model/run-scenario.ts';
import { fenceOf } from '../plan/fence-of.ts';
import type { LoadedPlan } from '../plan/load.ts';
import { unknownName } from './find-component.ts';
import { findPlan } from './find-plan.ts';
import { planError, requirePlan } from './load-plan.ts';
import { momentOf } from './moment.ts';
import { openWorld } from './open-world.ts';
import { requireSecrets } from './require-secrets.ts';
import { inputsFrom, inputsOf } from './run-inputs.ts';
import { portsFor, type Watching } from './run-ports.ts';
import { concludeRun, type RunResult } from './run-result.ts';
import type { Services } from './services.ts';

export interface RecoverRequest {
  readonly scenario: string;
  /** `name=value` texts. */
  readonly set: readonly string[];
  /** When the damage was done, if it is known. */
  readonly impact?: string;
  /** Break-glass: why the run is begun although `check` finds errors. */
  readonly despite?: string;
}

/** Carries out a scenario of the plan, the real thing. Whatever its end, report and evidence are written. */
export async function recover(request: RecoverRequest, services: Services, watching: Watching): Promise<RunResult> {
  const origin = prepareOrigin(request, services);
  const loaded = requirePlan(services);
  const world = await openWorld(loaded.plan, services);
  requireSecrets(loaded.plan, scenarioOfRun(origin), services);
  const id = services.makeId('run', services.clock.now());
  const lock = `${loaded.plan.plan.name}/${origin.environment}`;
  const ports = portsFor(world, services, watching);
  const state = await startRun({ id, lock, origin }, ports, watching.signal);
  return concludeRun(state.id, world, services);
}

/** What the run is frozen with. Refuses a plan with errors, an unknown scenario and wrong inputs; touches nothing. */
export function prepareOrigin(request: RecoverRequest, services: Services): RunOrigin {
  const loaded = requirePlan(services);
  const overridden = errorsOf(loaded, request, services);
  const { scenarios } = loaded.plan;
  const scenario = Object.hasOwn(scenarios, request.scenario) ? scenarios[request.scenario] : undefined;
  if (!scenario) throw unknownName('scenario', request.scenario, Object.keys(scenarios));
  return {
    plan: loaded.plan as unknown as JsonObject,
    planHash: loaded.hash,
    planFile: findPlan(services),
    scenario: request.scenario,
    steps: frozenSteps(loaded.plan, request.scenario),
    environment: loaded.environment,
    ...fencedBy(fenceOf(loaded, services)),
    inputs: inputsFrom(inputsOf(loaded.plan, request.scenario), request.set),
    ...(request.despite !== undefined && overridden.length > 0
      ? { despite: { reason: request.despite, findings: overridden } }
      : {}),
    version: services.version,
    ...(request.impact === undefined ? {} : { impactAt: impactFrom(request.impact, services) }),
  };
}

const fencedBy = (fence: Fence | undefined): Pick<RunOrigin, 'fence'> => (fence ? { fence } : {});

/**
 * Most errors of `check` say that a promise will not be kept; on the night of the disaster that must not keep anybody from recovering. These
 * say that the run cannot be carried out, or that a secret would be written into its record.
 */
const NEVER_OVERRIDDEN: ReadonlySet<string> = new Set([
  'unknown-action',
  'unknown-output',
  'scenario-can-run',
  'literal-secret',
]);

/** The errors that somebody has taken upon himself. Refuses the run for all others. */
function errorsOf(loaded: LoadedPlan, { scenario, despite }: RecoverRequest, services: Services): readonly string[] {
  if (despite?.trim() === '')
    throw new KnownError('USAGE', 'a reason is missing', 'Say why: --despite-findings "the region is gone, and …".');
  const facts = { now: services.clock.now(), actions: services.actions, recovering: scenario };
  const wrong = check(loaded, facts).filter(isError);
  const blocking = wrong.filter(({ rule }) => NEVER_OVERRIDDEN.has(rule));
  if (despite !== undefined && blocking.length === 0)
    return wrong.map(({ rule, path, message }) => `${rule}${path === undefined ? '' : ` at ${path}`}: ${message}`);
  if (wrong.length === 0) return [];
  const refusal = planError('PLAN_REFUSED', [...blocking, ...wrong.filter((one) => !blocking.includes(one))]);
  if (blocking.length > 0) throw refusal;
  const hint = `In an emergency begin all the same: add --despite-findings "why". ${refusal.hint}`;
  throw new KnownError('PLAN_REFUSED', refusal.message, hint);
}

function impactFrom(text: string, services: Services): string {
  const impact = momentOf(text);
  if (Date.parse(impact) <= services.clock.now().getTime()) return impact;
  throw new KnownError('USAGE', `--impact ${text} is in the future`, 'Say when the damage was done.');
}
