import { type CriticalPath, criticalPath, type Range } from './critical-path.ts';
import type { CheckFacts } from './rule.ts';
import type { Runbook } from './runbooks/runbook.ts';

/** Noticing, approving and carrying out. */
export const runbookTime = ({ name, scenario }: Runbook, { measured }: Measured = {}): CriticalPath =>
  criticalPath({ ...scenario, measured: measured?.get(name) });

type Measured = Pick<CheckFacts, 'measured'>;

/**
 * Only carrying out: what a document adds up when it says how long a recovery takes. Without what steps do not say: then it is not
 * complete, and takes at least as long. Undefined when no step says anything.
 */
export function carryingOut(
  { name, scenario }: Runbook,
  { measured }: Measured = {},
): (Range & { readonly isComplete: boolean }) | undefined {
  if (scenario.steps.length === 0) return undefined;
  const steps = scenario.steps.map(({ approve: _, ...step }) => step);
  const { min, max, unknown } = criticalPath({
    ...scenario,
    steps,
    detect_within: '0',
    measured: measured?.get(name),
  });
  return max === 0 && unknown.length > 0 ? undefined : { min, max, isComplete: unknown.length === 0 };
}
