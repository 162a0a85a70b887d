import type { Plan } from '../plan.ts';
import type { Component } from './components.ts';
import type { Scenario } from './scenarios.ts';

/** Whether a domain is gone when these are: losing `aws` loses `aws/us-east-1` with it. */
export const isLost = (domain: string | undefined, lost: readonly string[]): boolean =>
  domain !== undefined && lost.some((one) => domain === one || domain.startsWith(`${one}/`));

/** Whether a component is gone when these domains are. */
export const goesWith = ({ domain, also_in }: Component, lost: readonly string[]): boolean =>
  lost.length > 0 && [domain, ...also_in].some((one) => isLost(one, lost));

/** Whether a scenario loses a component: it names it, or loses a domain that it lives in. */
export const losesComponent = (plan: Plan, { loses, loses_domains }: Scenario, name: string): boolean => {
  const component = Object.hasOwn(plan.components, name) ? plan.components[name] : undefined;
  return component !== undefined && (loses.includes(name) || goesWith(component, loses_domains));
};

const known = new WeakMap<Scenario, { readonly plan: Plan; readonly lost: readonly string[] }>();

/** All that a scenario loses, what it names first. Many rules ask for it, so it is worked out once. */
export function lostComponents(plan: Plan, scenario: Scenario): readonly string[] {
  const before = known.get(scenario);
  if (before?.plan === plan) return before.lost;
  const { loses, loses_domains } = scenario;
  const inDomains = Object.entries(plan.components).flatMap(([name, one]) =>
    goesWith(one, loses_domains) ? [name] : [],
  );
  const lost = [...new Set([...loses.filter((name) => Object.hasOwn(plan.components, name)), ...inDomains])];
  known.set(scenario, { plan, lost });
  return lost;
}
