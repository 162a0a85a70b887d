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
import { measuredForRun } from './measured-runs.ts';
import { momentOf } from './moment.ts';
import { openWorld } from './open-world.ts';
import { type AskForName, requireEnvironmentName } from './production-guard.ts';
import { requireSecrets } from './require-secrets.ts';
import { inputsFrom, inputsOf } from './run-inputs.ts';
import { type Watching, whileCopied } from './run-ports.ts';
import { concludeRun, type RunResult } from './run-result.ts';
import type { Services } from './services.ts';

export interface RecoverRequest {
  readonly scenario: string;
  /** `name=value` texts. */
  readonly set: readonly string[];
  /** When the damage was done, if it is known. */
  readonly impact?: string;
  /** When it was noticed, if that is known. */
  readonly detected?: string;
  /** Break-glass: why the run is begun although `check` finds errors. */
  readonly despite?: string;
  /** Asks whoever sits there for the name of a protected environment in which something is destroyed. */
  readonly askForName?: AskForName;
}

/** Carries out a scenario of the plan, the real thing. Whatever its end, report and evidence are written. */
export async function recover(request: RecoverRequest, services: Services, watching: Watching): Promise<RunResult> {
  const origin = prepareOrigin(request, services);
  await requireEnvironmentName(origin, services, request.askForName);
  const loaded = requirePlan(services);
  const world = await openWorld(loaded.plan, services);
  requireSecrets(loaded.plan, scenarioOfRun({ origin }), services);
  const id = services.makeId('run', services.clock.now());
  const lock = `${loaded.plan.plan.name}/${origin.environment}`;
  const state = await whileCopied(world, services, watching, (ports) =>
    startRun({ id, lock, origin }, ports, watching.signal),
  );
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
    ...measuredForRun(findPlan(services), loaded.plan, request.scenario),
    environment: loaded.environment,
    ...fencedBy(fenceOf(loaded, services)),
    inputs: inputsFrom(inputsOf(loaded.plan, request.scenario), request.set),
    ...(request.despite !== undefined && overridden.length > 0
      ? { despite: { reason: request.despite, findings: overridden } }
      : {}),
    version: services.version,
    ...momentsFrom(request, services),
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
  'for-each-is-whole',
  'looks-only-look',
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

/** What was said of the damage. Throws USAGE for what cannot be true. */
function momentsFrom({ impact, detected }: RecoverRequest, services: Services): Partial<RunOrigin> {
  const impactAt = pastMoment('--impact', impact, 'Say when the damage was done.', services);
  const detectedAt = pastMoment('--detected', detected, 'Say when it was noticed.', services);
  if (impactAt !== undefined && detectedAt !== undefined && Date.parse(detectedAt) < Date.parse(impactAt))
    throw new KnownError(
      'USAGE',
      `--detected ${detected} is before --impact ${impact}`,
      'Damage is noticed after it was done. Leave out what you are not sure of.',
    );
  return { ...(impactAt === undefined ? {} : { impactAt }), ...(detectedAt === undefined ? {} : { detectedAt }) };
}

function pastMoment(flag: string, text: string | undefined, hint: string, { clock }: Services): string | undefined {
  if (text === undefined) return undefined;
  const moment = momentOf(text);
  if (Date.parse(moment) <= clock.now().getTime()) return moment;
  throw new KnownError('USAGE', `${flag} ${text} is in the future`, hint);
}
