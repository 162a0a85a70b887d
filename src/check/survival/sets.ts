import { expandedSteps } from '../../model/plan/expand.ts';
import type { Component, Plan } from '../../model/plan.ts';
import { isLost, keepsData } from '../losses.ts';
import { reachOf } from '../reach.ts';
import { isLog, storedCopies } from './copies.ts';
import { personDomains } from './people.ts';

/** More domains at once are no longer a loss one prepares for. */
export const MOST_DOMAINS = 3;

/** What the plan cannot get over, and with how few losses. What `--json` prints. */
export interface SurvivalSets {
  /** How many components keep data: only these are judged. */
  readonly judged: number;
  /** Kept nowhere else: lost with where they live. */
  readonly withoutCopy: readonly string[];
  /** The plan leaves out where they, or some of their copies, are. */
  readonly notKnown: readonly { readonly component: string; readonly why: string }[];
  /** The smallest sets of domains with whose loss no copy is left, fewest domains first. */
  readonly sets: readonly FatalSet[];
  /** No set of up to three domains makes these unrecoverable. */
  readonly withstand: readonly string[];
  /** The smallest sets with whose loss the plan cannot be carried out as it is written. */
  readonly carryOut: readonly { readonly domains: readonly string[]; readonly why: string }[];
}

export interface FatalSet {
  readonly domains: readonly string[];
  readonly components: readonly string[];
}

/** A clause is hit when one of its domains is lost. */
type Clause = readonly string[];

/** The smallest sets of domains, up to three, whose loss leaves nothing to recover a component from. */
export function survivalSets(plan: Plan): SurvivalSets {
  const keeping = Object.keys(plan.components).filter((name) => keepsData(plan.components[name] as Component));
  const known = keeping.filter((name) => plan.components[name]?.domain !== undefined);
  const solve = remembering(minimalSets);
  const solved = known.map((name) => ({ name, sets: solve(clausesOf(plan, name)) }));
  return {
    judged: keeping.length,
    withoutCopy: keeping.filter((name) => storedCopies(plan, name).every(isLog)),
    notKnown: keeping.flatMap((component) => notKnown(plan, component)),
    sets: grouped(solved),
    withstand: solved.filter(({ sets }) => sets.length === 0).map(({ name }) => name),
    carryOut: carryOut(plan),
  };
}

/** Unrecoverable is what is gone itself and has lost every copy; a copy of which too little is known does not count. */
function clausesOf(plan: Plan, name: string): readonly Clause[] {
  const { domain, also_in } = plan.components[name] as Component;
  const itself = [...(domain === undefined ? [] : [domain]), ...also_in];
  const copies = storedCopies(plan, name)
    .filter((copy) => !isLog(copy) && copy.unsaid === undefined)
    .map(({ home, key }) => [...home, ...(key === undefined ? [] : [key])]);
  return [itself, ...copies];
}

function notKnown(plan: Plan, component: string): SurvivalSets['notKnown'] {
  if (plan.components[component]?.domain === undefined)
    return [{ component, why: 'nothing says where it lives (domain)' }];
  const unsaid = storedCopies(plan, component).flatMap(({ place, unsaid }) =>
    unsaid === undefined
      ? []
      : [`${place.policy.method}${place.domain === undefined ? '' : ` in ${place.domain}`}: ${unsaid}`],
  );
  return unsaid.length === 0 ? [] : [{ component, why: [...new Set(unsaid)].join('; ') }];
}

/** Many components share their copies' places; each such shape is solved once. */
function remembering(solve: typeof minimalSets): typeof minimalSets {
  const solved = new Map<string, ReturnType<typeof minimalSets>>();
  return (clauses) => {
    const shape = JSON.stringify(clauses.map((clause) => [...new Set(clause)].sort()).sort());
    const known = solved.get(shape) ?? solve(clauses);
    solved.set(shape, known);
    return known;
  };
}

/**
 * All smallest sets of up to three domains that hit every clause. Losing a domain loses what is below it, so the deepest that suffice are
 * told: a parent only where none of its children alone would do in its place.
 */
export function minimalSets(clauses: readonly Clause[]): readonly (readonly string[])[] {
  const open = [...new Map(clauses.map((clause) => [[...new Set(clause)].sort().join(' '), clause])).values()];
  const choices = new Map(open.map((clause) => [clause, [...new Set(clause.flatMap(withParents))]]));
  const all = [...new Set([...choices.values()].flat())];
  const fatal = (set: readonly string[]) => open.every((clause) => clause.some((one) => isLost(one, set)));
  const found = new Map<string, readonly string[]>();
  const tried = new Set<string>();
  const grow = (set: readonly string[]): void => {
    const name = set.join(' ');
    if (tried.has(name)) return;
    tried.add(name);
    const missed = open.find((clause) => !clause.some((one) => isLost(one, set)));
    if (!missed) found.set(name, set);
    else if (set.length < MOST_DOMAINS) for (const one of choices.get(missed) ?? []) grow([...set, one].sort());
  };
  grow([]);
  return [...found.values()].filter((set) => isMinimal(set, all, fatal)).sort((a, b) => a.length - b.length);
}

/** Neither without one of its domains, nor with one below it instead, would it do. */
const isMinimal = (
  set: readonly string[],
  all: readonly string[],
  fatal: (set: readonly string[]) => boolean,
): boolean =>
  set.every((one) => {
    const rest = set.filter((other) => other !== one);
    return !fatal(rest) && all.every((below) => below === one || !isLost(below, [one]) || !fatal([...rest, below]));
  });

/** `aws/us-east-1` can also be lost by losing `aws`. */
export function withParents(domain: string): readonly string[] {
  const parts = domain.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/')).reverse();
}

function grouped(solved: readonly { readonly name: string; readonly sets: readonly Clause[] }[]): readonly FatalSet[] {
  const groups = new Map<string, { domains: readonly string[]; components: string[] }>();
  for (const { name, sets } of solved)
    for (const domains of sets) {
      const group = groups.get(domains.join(' ')) ?? { domains, components: [] };
      group.components.push(name);
      groups.set(domains.join(' '), group);
    }
  return [...groups.values()].sort(
    (a, b) => a.domains.length - b.domains.length || b.components.length - a.components.length,
  );
}

/** What a run cannot begin or go on without, as far as the plan says where it is. */
function carryOut(plan: Plan): SurvivalSets['carryOut'] {
  const { repository } = plan;
  const repositories = repository?.domain === undefined ? [] : minimalSets([[repository.domain]]);
  return [
    ...repositories.map((domains) => ({ domains, why: 'the repository of backups is gone, and no run can begin' })),
    ...withoutAny(plan.plan.kept_in, 'this plan and the program are nowhere at hand'),
    ...withoutAny(repository?.identity_in ?? [], 'the private key is gone, and no backup can be opened'),
    ...approvingRoles(plan).flatMap((role) => withoutRole(plan, role)),
  ];
}

const withoutAny = (places: readonly string[], why: string): SurvivalSets['carryOut'] =>
  places.length === 0 ? [] : minimalSets(places.map((place) => [place])).map((domains) => ({ domains, why }));

const approvingRoles = (plan: Plan): readonly string[] => [
  ...new Set(
    Object.keys(plan.scenarios).flatMap((name) =>
      expandedSteps(plan, name).flatMap(({ step }) => step.approve?.role ?? []),
    ),
  ),
];

function withoutRole(plan: Plan, role: string): SurvivalSets['carryOut'] {
  const { people, vendor } = reachOf(plan, role);
  const places = personDomains(plan);
  if (people.length === 0 || vendor !== undefined) return [];
  return minimalSets(people.map((name) => places.get(name) ?? [])).map((domains) => ({
    domains,
    why: `nobody is left who can approve as ${role}`,
  }));
}
