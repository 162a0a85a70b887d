import type { Needs } from '../lib/graph.ts';
import type { Step } from './plan.ts';

/** What each step of a runbook waits for: what it says, else the step above; and what must be proven. */
export const stepNeeds = (scenario: { readonly steps: readonly Step[] }): Needs =>
  new Map(
    scenario.steps.map((step, index): [string, readonly string[]] => {
      const above = scenario.steps[index - 1];
      return [step.id, [...(step.needs ?? (above ? [above.id] : [])), ...(step.proven ?? [])]];
    }),
  );
