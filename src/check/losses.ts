import { firstNeeded, type Needs } from '../lib/graph.ts';
import type { Component, Plan } from '../model/plan.ts';

export { goesWith, isLost, losesComponent, lostComponents } from '../model/plan/losses.ts';

/** What each component needs directly. */
export const componentNeeds = ({ components }: Plan): Needs =>
  new Map(Object.entries(components).map(([name, one]) => [name, one.needs]));

/** The components that cannot serve while the others are lost: because they need one of them. */
export function alsoDown(
  plan: Plan,
  lost: readonly string[],
): readonly { readonly name: string; readonly needs: string }[] {
  const gone = new Set(lost);
  const because = firstNeeded(componentNeeds(plan), lost);
  return Object.keys(plan.components).flatMap((name) => {
    const needs = gone.has(name) ? undefined : because.get(name);
    return needs === undefined ? [] : [{ name, needs }];
  });
}

/** Kinds of components that, as a rule, keep data which has to be copied to survive. */
const KEEPS_DATA = new Set([
  'postgres',
  'database',
  'bucket',
  'cache',
  'search',
  'queue',
  'secrets',
  'parameters',
  'registry',
  'infrastructure-state',
  'source',
]);

/** Whether losing a component loses data: what it says, else what is copied of it, else what its kind usually does. */
export const keepsData = ({ kind, stateless, backups }: Component): boolean =>
  stateless === undefined ? backups.length > 0 || KEEPS_DATA.has(kind) : !stateless;
