import type { AnyAction } from '../actions/action.ts';
import { allNeeded } from '../lib/graph.ts';
import type { PlanPath } from '../model/finding.ts';
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

/** The runbooks of a plan, as rules look at them. */
export const runbooks = (plan: Plan, { actions }: CheckFacts): readonly Runbook[] =>
  Object.entries(plan.scenarios).map(([name, scenario]) => {
    const needs = stepNeeds(scenario);
    const path = ['scenarios', name];
    const place = (step: Step, index: number): PlacedStep => ({
      step,
      path: [...path, 'steps', index],
      action: actions.get(step.uses),
    });
    return {
      name,
      scenario,
      path,
      steps: scenario.steps.map(place),
      isAfter: (step, earlier) => allNeeded(needs, step).has(earlier),
    };
  });

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
