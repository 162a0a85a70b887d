import { withReadOnly } from '../actions/wrap.ts';
import { dryRun, type PlannedStep } from '../engine/dry-run.ts';
import type { Actions } from '../engine/ports.ts';
import type { JsonObject } from '../lib/json.ts';
import { type ErrorRecord, errorRecord, KnownError } from '../model/errors.ts';
import { Plan } from '../model/plan.ts';
import type { BackupRepository } from '../model/repository.ts';
import { placeOf, siteOf } from '../model/repository-site.ts';
import { type ForetoldLoss, foretoldLosses } from './dry-run-loss.ts';
import { findState } from './find-plan.ts';
import { openWorld, repositoryIn } from './open-world.ts';
import { prepareOrigin, type RecoverRequest } from './recover.ts';
import { portsFor } from './run-ports.ts';
import type { PlanWorld, Services } from './services.ts';

export type { ForetoldLoss, PlannedStep };

export interface DryRunResult {
  readonly scenario: string;
  readonly environment: string;
  readonly plan_hash: string;
  readonly inputs: JsonObject;
  readonly steps: readonly PlannedStep[];
  /** To what the steps that bring data back would go back now, and what that would lose. */
  readonly losses: readonly ForetoldLoss[];
  /** Why the repository cannot be reached; all else was looked at none the less. */
  readonly repository_error?: ErrorRecord;
}

/** What a recovery would do, step by step, in the world as it is. Only looks. */
export async function dryRunScenario(
  request: RecoverRequest,
  services: Services,
  signal: AbortSignal,
): Promise<DryRunResult> {
  const origin = prepareOrigin(request, services);
  const { world, error } = await worldToLookAt(Plan.parse(origin.plan), services);
  const ports = portsFor(world, services, { mayAsk: false, watch: () => undefined });
  const steps = await dryRun(origin, { ...ports, actions: lookingOnly(ports.actions) }, signal);
  const { scenario, environment, planHash, inputs } = origin;
  const losses = await foretoldLosses(steps, { scenario, world, services, signal });
  const result = { scenario, environment, plan_hash: planHash, inputs, steps, losses };
  return error === undefined ? result : { ...result, repository_error: errorRecord(error) };
}

interface WorldToLookAt {
  readonly world: PlanWorld;
  readonly error?: KnownError;
}

/** A repository that cannot be reached is told where something is read from it; all else can still be looked at. */
async function worldToLookAt(plan: Plan, services: Services): Promise<WorldToLookAt> {
  const site = siteOf(repositoryIn(plan));
  try {
    return { world: await openWorld(plan, services) };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    const repository = unreachableRepository(placeOf(site), error);
    return { world: { plan, repository, stateFolder: findState(services) }, error };
  }
}

/** Every word to it is answered with why it cannot be reached. */
const unreachableRepository = (place: string, why: KnownError): BackupRepository =>
  new Proxy({ place } as BackupRepository, {
    get(target, name) {
      if (name === 'place') return target.place;
      // Whoever waits for it must not take it for a promise.
      return name === 'then' ? undefined : () => Promise.reject(why);
    },
  });

/** Whatever goes wrong, a dry run cannot change anything. */
const lookingOnly = (actions: Actions): Actions => ({
  find(name) {
    const found = actions.find(name);
    return found && { ...found, action: withReadOnly(found.action) };
  },
});
