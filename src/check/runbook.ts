import type { AnyAction } from '../actions/action.ts';
import { allNeeded } from '../lib/graph.ts';
import type { PlanPath } from '../model/finding.ts';
import { type ExpandedStep, expandedSteps } from '../model/plan/expand.ts';
import type { Plan, Scenario, Step } from '../model/plan.ts';
import { stepNeeds } from '../model/step-needs.ts';
import type { CheckFacts } from './rule.ts';

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

/** The runbooks of a plan, as rules look at them: with the steps of procedures in the place of the steps that use them. */
export const runbooks = (plan: Plan, { actions }: CheckFacts): readonly Runbook[] =>
  Object.entries(plan.scenarios).map(([name, written]) => {
    const expanded = expandedSteps(plan, name);
    const scenario = { ...written, ...healthyIn(written, expanded), steps: expanded.map(({ step }) => step) };
    return {
      name,
      scenario,
      path: ['scenarios', name],
      steps: expanded.map(({ step, path }) => ({ step, path, action: actions.get(step.uses) })),
      isAfter: orderOf(scenario),
    };
  });

/** A step that stands for a procedure is over when the last step of that is. */
function healthyIn({ healthy }: Scenario, steps: readonly ExpandedStep[]): { readonly healthy?: string } {
  if (healthy === undefined || steps.some(({ step }) => step.id === healthy)) return {};
  const last = steps.findLast(({ step }) => step.id.startsWith(`${healthy}.`));
  return last ? { healthy: last.step.id } : {};
}

/** Asked for many pairs of steps, so what each waits for is worked out once. */
function orderOf(scenario: Scenario): Runbook['isAfter'] {
  const needs = stepNeeds(scenario);
  const before = new Map<string, ReadonlySet<string>>();
  return (step, earlier) => {
    const known = before.get(step) ?? allNeeded(needs, step);
    before.set(step, known);
    return known.has(earlier);
  };
}

/** Whether an action alters what is there already. */
export const alters = (action: AnyAction): boolean => action.danger === 'change' || action.danger === 'destroy';

/** The steps that look whether what the runbook did is right: they read, after something was altered or made, and belong to no bystander. */
export function verifyingSteps(book: Runbook): readonly PlacedStep[] {
  const effects = book.steps.filter(({ action }) => action && action.danger !== 'read');
  return book.steps.filter(
    ({ step, action }) =>
      action?.danger === 'read' &&
      effects.some((effect) => book.isAfter(step.id, effect.step.id)) &&
      VERIFIES.test(action.name),
  );
}

/** By convention the name of an action says what it is for: verify_server, verify_rows, compare_ledger, wait_healthy. */
const VERIFIES = /\.(verify|compare|check|wait_healthy)/;
