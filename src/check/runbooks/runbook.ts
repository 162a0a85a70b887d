import type { AnyAction } from '../../actions/action.ts';
import { whoNeedsWhom } from '../../lib/graph.ts';
import type { PlanPath } from '../../model/finding.ts';
import { type ExpandedStep, expandedSteps } from '../../model/plan/expand.ts';
import type { Plan, Scenario, Step } from '../../model/plan.ts';
import { stepNeeds } from '../../model/step-needs.ts';
import type { CheckFacts } from '../rule.ts';

/** A step with all that rules ask about it. */
export interface PlacedStep {
  readonly step: Step;
  readonly path: PlanPath;
  /** Undefined when this build has no such action: rule unknown-action says so. */
  readonly action: AnyAction | undefined;
}

/** A scenario with its steps. */
export interface Runbook {
  readonly name: string;
  readonly scenario: Scenario;
  readonly path: PlanPath;
  readonly steps: readonly PlacedStep[];
  /** Whether `step` runs only after `earlier` has ended. */
  isAfter(step: string, earlier: string): boolean;
}

const known = new WeakMap<Plan, { readonly actions: CheckFacts['actions']; readonly books: readonly Runbook[] }>();

/**
 * The runbooks of a plan, as rules look at them: with the steps of procedures in the place of the steps that use them. Most rules
 * ask for them, so they are worked out once.
 */
export function runbooks(plan: Plan, { actions }: CheckFacts): readonly Runbook[] {
  const before = known.get(plan);
  if (before?.actions === actions) return before.books;
  const books = writtenOut(plan, actions);
  known.set(plan, { actions, books });
  return books;
}

const writtenOut = (plan: Plan, actions: CheckFacts['actions']): readonly Runbook[] =>
  Object.entries(plan.scenarios).map(([name, written]) => {
    const expanded = expandedSteps(plan, name);
    const scenario = { ...written, ...healthyIn(written, expanded), steps: expanded.map(({ step }) => step) };
    return {
      name,
      scenario,
      path: ['scenarios', name],
      steps: expanded.map(({ step, path }) => ({ step, path, action: actions.get(step.uses) })),
      isAfter: whoNeedsWhom(stepNeeds(scenario)),
    };
  });

/** A step that stands for a procedure is over when the last step of that is. */
function healthyIn({ healthy }: Scenario, steps: readonly ExpandedStep[]): { readonly healthy?: string } {
  if (healthy === undefined || steps.some(({ step }) => step.id === healthy)) return {};
  const last = steps.findLast(({ step }) => step.id.startsWith(`${healthy}.`));
  return last ? { healthy: last.step.id } : {};
}

/** Whether an action alters what is there already. */
export const alters = (action: AnyAction): boolean => action.danger === 'change' || action.danger === 'destroy';
