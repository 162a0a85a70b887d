import type { AnyAction } from '../actions/action.ts';
import type { Json } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { fencedNameIn, unboundComponentIn } from '../model/fence.ts';
import type { RunOrigin } from '../model/run.ts';

/** Throws TARGET_PROTECTED when a step of an unprotected environment names what belongs to a protected one. Asked before any call. */
export function refuseFenced({ fence, environment }: RunOrigin, step: string, input: Json, action?: AnyAction): void {
  if (!fence) return;
  const known = fencedNameIn(input, fence);
  if (known)
    throw refusal(
      `${step} names ${known.name}, which is the ${known.component} of ${known.environment}`,
      environment,
      known.component,
    );
  // A backup of production may be read in a drill; what alters something must have something of the drill's own to alter.
  const alters = action?.danger === 'change' || action?.danger === 'destroy';
  const component = alters ? unboundComponentIn(input, fence) : undefined;
  if (component !== undefined)
    throw refusal(`${step} alters ${component}, and ${environment} has none of its own`, environment, component);
}

const refusal = (what: string, environment: string, component: string): KnownError =>
  new KnownError(
    'TARGET_PROTECTED',
    `${what}. This is a run of ${environment}: nothing was called`,
    `Say under environments.${environment}.components.${component} what it is there; an empty map when the same one is meant.`,
  );
