import { type CriticalPath, criticalPath, type Range } from './critical-path.ts';
import type { Runbook } from './runbook.ts';

/** Noticing, approving and carrying out. A step that says only when it is given up may take until then. */
export const runbookTime = ({ scenario }: Runbook): CriticalPath => criticalPath(withLimits(scenario));

/** Only carrying out: what a document adds up when it says how long a recovery takes. Undefined when a step does not say. */
export function carryingOut({ scenario }: Runbook): Range | undefined {
  if (scenario.steps.length === 0) return undefined;
  const steps = scenario.steps.map(({ approve: _, ...step }) => step);
  const { min, max, unknown } = criticalPath({ ...scenario, steps, detect_within: '0' });
  return unknown.length > 0 ? undefined : { min, max };
}

const withLimits = (scenario: Runbook['scenario']): Runbook['scenario'] => ({
  ...scenario,
  steps: scenario.steps.map((step) =>
    step.expect === undefined && step.timeout !== undefined ? { ...step, expect: `0..${step.timeout}` } : step,
  ),
});
