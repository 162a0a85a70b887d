import type { Plan } from '../model/plan.ts';

/** Who answers for a role. */
export interface Reach {
  /** Entries of `people` that have it. */
  readonly people: readonly string[];
  /** Those of them with a telephone number or an e-mail address. */
  readonly callable: readonly string[];
  /** How to call the firm that fills it. */
  readonly vendor: string | undefined;
}

/** Who has a role, and who of them can be called. */
export function reachOf(plan: Plan, role: string): Reach {
  const known = Object.hasOwn(plan.roles, role) ? plan.roles[role] : undefined;
  const people = (known?.people ?? []).filter((name) => Object.hasOwn(plan.people, name));
  const callable = people.filter(
    (name) => hasContact(plan.people[name]?.phone) || hasContact(plan.people[name]?.email),
  );
  return { people, callable, vendor: known?.vendor === undefined ? undefined : plan.vendors[known.vendor]?.contact };
}

/** What still stands in brackets was never filled in. */
const hasContact = (text: string | undefined): boolean =>
  text !== undefined && /[\w+]/.test(text) && !/^\[.*\]$/.test(text);
