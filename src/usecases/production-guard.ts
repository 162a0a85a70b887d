import type { Json } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { RunOrigin } from '../model/run.ts';
import { scenarioOfRun } from '../model/run-scenario.ts';
import { whereOf } from '../model/where.ts';
import { isProtected } from './approvers.ts';
import type { Services } from './services.ts';

/** What a run may destroy, and where: whoever begins it types the name of that environment. */
export interface Guarded {
  readonly environment: string;
  /** The steps that destroy something, with the place where the plan names it. */
  readonly destroys: readonly { readonly step: string; readonly action: string; readonly where: readonly string[] }[];
}

/** Undefined where the run destroys nothing, or nothing that is protected. */
export function guardedBy(origin: RunOrigin, { actions }: Pick<Services, 'actions'>): Guarded | undefined {
  if (!isProtected({ origin })) return undefined;
  const destroys = scenarioOfRun({ origin })
    .steps.filter(({ uses }) => actions.get(uses)?.danger === 'destroy')
    .map(({ id, uses, with: input }) => ({ step: id, action: uses, where: whereOf(input as Json, origin) }));
  return destroys.length === 0 ? undefined : { environment: origin.environment, destroys };
}

/** Asks for the name of the environment; what was typed, or undefined where nobody answers. */
export type AskForName = (guarded: Guarded) => Promise<string | undefined>;

/** Throws USAGE before anything is begun, unless the name of the protected environment was said: as a flag, or when asked. */
export async function requireEnvironmentName(origin: RunOrigin, services: Services, ask?: AskForName): Promise<void> {
  const guarded = guardedBy(origin, services);
  if (!guarded || services.chosen.environment === guarded.environment) return;
  const typed = (await ask?.(guarded))?.trim();
  if (typed === guarded.environment) return;
  const { environment, destroys } = guarded;
  const { scenario } = origin;
  const what = destroys.map(({ step, action }) => `${step} (${action})`).join(', ');
  throw new KnownError(
    'USAGE',
    `${ask ? 'nothing was begun: ' : ''}this run destroys something in ${environment}, which is protected: ${what}`,
    `Look first: lifeboat recover ${scenario} --dry-run. Then say where, in so many words: lifeboat recover ${scenario} --environment ${environment}`,
  );
}
