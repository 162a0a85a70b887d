import { goesWith, keepsData, lostComponents } from '../../../src/check/losses.ts';
import type { Json } from '../../../src/lib/json.ts';
import type { PlanPath } from '../../../src/model/finding.ts';
import type { BackupPolicy, Component, Plan, Scenario, Step } from '../../../src/model/plan.ts';
import { stepNeeds } from '../../../src/model/step-needs.ts';
import type { Edit } from './mutant.ts';

export const scenariosOf = (plan: Plan): readonly (readonly [string, Scenario])[] => Object.entries(plan.scenarios);

/** Scenarios in which data is lost, and which promise how much at most. */
export const dataLosses = (plan: Plan): readonly (readonly [string, Scenario])[] =>
  scenariosOf(plan).filter(
    ([, one]) =>
      one.kind === 'disaster' &&
      one.objectives.rpo !== undefined &&
      one.objectives.rpo !== '0' &&
      one.loses.some((name) => keepsData(plan.components[name] as Component)),
  );

export interface PlacedStep {
  readonly scenario: string;
  readonly book: Scenario;
  readonly step: Step;
  readonly index: number;
  readonly path: PlanPath;
}

/** The steps that scenarios say themselves. */
export const stepsOf = (plan: Plan): readonly PlacedStep[] =>
  scenariosOf(plan).flatMap(([scenario, book]) =>
    book.steps.map((step, index) => ({ scenario, book, step, index, path: ['scenarios', scenario, 'steps', index] })),
  );

/** The one copy of each scenario that comes first, so that no scenario is told twice. */
export const firstOfEach = (steps: readonly PlacedStep[]): readonly PlacedStep[] =>
  steps.filter((one, index) => steps.findIndex(({ scenario }) => scenario === one.scenario) === index);

export interface PlacedPolicy {
  readonly name: string;
  readonly component: Component;
  readonly policy: BackupPolicy;
  readonly path: PlanPath;
}

export const policiesOf = (plan: Plan): readonly PlacedPolicy[] =>
  Object.entries(plan.components).flatMap(([name, component]) =>
    component.backups.map((policy, index) => ({
      name,
      component,
      policy,
      path: ['components', name, 'backups', index],
    })),
  );

/** Scenarios that lose a whole domain, each with a component that goes with it and whose copies survive. */
export const domainLosses = (plan: Plan) =>
  scenariosOf(plan).flatMap(([scenario, book]) =>
    lostComponents(plan, book)
      .filter((name) => {
        const component = plan.components[name] as Component;
        return keepsData(component) && component.backups.length > 0 && goesWith(component, book.loses_domains);
      })
      .map((name) => ({ scenario, book, name, component: plan.components[name] as Component })),
  );

/** Says of every step of a scenario what it waits for, so that its place in the list means nothing any more. */
export function saidNeeds({ steps }: Scenario): Map<string, readonly string[]> {
  const written = stepNeeds({ steps });
  return new Map(steps.map(({ id }): [string, readonly string[]] => [id, written.get(id) ?? []]));
}

/** Lets one step run before another one. What waited for it waits for what it waited for, too. */
export function movedBefore({ scenario, book }: PlacedStep, moved: string, before: string): readonly Edit[] {
  const needs = saidNeeds(book);
  const old = needs.get(moved) ?? [];
  const edits = book.steps.flatMap(({ id }, index): readonly Edit[] => {
    const now = newNeeds(id, needs);
    return [[['scenarios', scenario, 'steps', index, 'needs'], [...new Set(now)] as Json]];
  });
  return edits;

  function newNeeds(id: string, all: ReadonlyMap<string, readonly string[]>): readonly string[] {
    const said = all.get(id) ?? [];
    if (id === moved) return all.get(before) ?? [];
    if (id === before) return [moved, ...said.filter((one) => one !== moved)];
    return said.includes(moved) ? [...said, ...old] : said;
  }
}
