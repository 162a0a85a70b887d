import { neededFirst } from '../lib/graph.ts';
import type { Scenario, Step } from '../model/plan.ts';
import { stepNeeds } from '../model/step-needs.ts';

/** A step that is to be brought into order; of a procedure it knows the step that uses it, of an alternative its branch. */
export interface OrderedStep extends Step {
  readonly partOf?: string;
  readonly branch?: string;
  /** How many times one after the other it is done, for each of several items. */
  readonly rounds?: number | 'unknown';
}

/** What each step waits for. Of several ways to do a thing one is taken: they stand beside each other, and what comes next waits for any of them. */
export function neededBy(steps: readonly OrderedStep[]): ReadonlyMap<string, readonly string[]> {
  const written = stepNeeds({ steps: [...steps] } as Scenario);
  const known = new Map(steps.map((step) => [step.id, step]));
  return new Map(
    steps.map((step, index): [string, readonly string[]] => {
      const needs = (written.get(step.id) ?? []).filter((id) => known.has(id));
      if (step.needs !== undefined) return [step.id, needs];
      const above = step.one_of === undefined ? known.get(needs[0] ?? '') : aboveGroup(steps, index);
      return [step.id, above ? alternativesTo(above, steps) : []];
    }),
  );
}

function aboveGroup(steps: readonly OrderedStep[], index: number): OrderedStep | undefined {
  let at = index;
  while (at >= 0 && steps[at]?.one_of === steps[index]?.one_of) at -= 1;
  return steps[at];
}

const alternativesTo = (step: OrderedStep, steps: readonly OrderedStep[]): readonly string[] =>
  step.one_of === undefined ? [step.id] : steps.filter(({ one_of }) => one_of === step.one_of).map(({ id }) => id);

/** Each step after all that it waits for. Steps that wait for each other in a circle are left out. */
export function inOrder(
  steps: readonly OrderedStep[],
  needs: ReadonlyMap<string, readonly string[]>,
): readonly OrderedStep[] {
  const known = new Map(steps.map((step) => [step.id, step]));
  return neededFirst(needs).map((id) => known.get(id) as OrderedStep);
}
