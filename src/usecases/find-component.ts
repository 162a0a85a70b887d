import { nearestOf } from '../lib/nearest.ts';
import { KnownError } from '../model/errors.ts';
import type { Component, Plan } from '../model/plan.ts';

/** A component by name. Throws USAGE, naming those there are. */
export function findComponent(plan: Plan, name: string): Component {
  const found = Object.hasOwn(plan.components, name) ? plan.components[name] : undefined;
  if (found) return found;
  throw unknownName('component', name, Object.keys(plan.components));
}

/** The error for a name that is not in the plan, with the nearest that is. */
export function unknownName(what: string, name: string, known: readonly string[]): KnownError {
  const meant = nearestOf(name, known);
  const hint = meant
    ? `Did you mean "${meant}"?`
    : known.length > 0
      ? `There is: ${known.join(', ')}.`
      : 'There is none.';
  return new KnownError('USAGE', `the plan has no ${what} "${name}"`, hint);
}
