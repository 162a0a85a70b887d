import { allNeeded, type Needs } from '../lib/graph.ts';
import type { Component, Plan, Scenario } from '../model/plan.ts';

/** Whether a domain is gone when these are: losing `aws` loses `aws/us-east-1` with it. */
export const isLost = (domain: string | undefined, lost: readonly string[]): boolean =>
  domain !== undefined && lost.some((one) => domain === one || domain.startsWith(`${one}/`));

/** Whether a component is gone when these domains are. */
export const goesWith = ({ domain, also_in }: Component, lost: readonly string[]): boolean =>
  [domain, ...also_in].some((one) => isLost(one, lost));

/** The components that a scenario loses: those it names, and those that live in a domain it loses. */
export function lostComponents(plan: Plan, { loses, loses_domains }: Scenario): readonly string[] {
  const inDomains = Object.entries(plan.components).flatMap(([name, one]) =>
    goesWith(one, loses_domains) ? [name] : [],
  );
  return [...new Set([...loses.filter((name) => Object.hasOwn(plan.components, name)), ...inDomains])];
}

/** What each component needs directly. */
export const componentNeeds = ({ components }: Plan): Needs =>
  new Map(Object.entries(components).map(([name, one]) => [name, one.needs]));

/** The components that cannot serve while the others are lost: because they need one of them. */
export function alsoDown(
  plan: Plan,
  lost: readonly string[],
): readonly { readonly name: string; readonly needs: string }[] {
  const needs = componentNeeds(plan);
  return Object.keys(plan.components).flatMap((name) => {
    if (lost.includes(name)) return [];
    const needed = allNeeded(needs, name);
    const because = lost.find((one) => needed.has(one));
    return because === undefined ? [] : [{ name, needs: because }];
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
