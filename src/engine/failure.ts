import type { ErrorRecord } from '../model/errors.ts';
import type { Step } from '../model/plan.ts';
import type { RunStep } from '../model/run-scenario.ts';

/**
 * What follows a failure: what the step says, else what the innermost procedure around it says. An unknown outcome always asks
 * a person, whatever the plan says: going on or undoing would be a guess. So does a step that was held back because what it rests on
 * is gone: nobody foresaw how the world is then.
 */
export function failurePolicy(step: RunStep, error: ErrorRecord): Step['on_failure'] {
  if (ASKED.has(error.code)) return 'ask';
  return levels(step).find(({ on_failure }) => on_failure !== 'ask')?.on_failure ?? 'ask';
}

const ASKED: ReadonlySet<ErrorRecord['code']> = new Set(['OUTCOME_UNKNOWN', 'NOT_PROVEN', 'SAFETY_POINT_MISSING']);

/** Whether another way may not simply be tried: the world is not known, or somebody said no, or nobody said yes. */
export const needsPerson = ({ code }: ErrorRecord): boolean => ASKED.has(code) || UNANSWERED.has(code);

const UNANSWERED: ReadonlySet<ErrorRecord['code']> = new Set([
  'APPROVAL_REJECTED',
  'APPROVAL_EXPIRED',
  'NOT_CONFIRMED',
]);

/** Whether a procedure goes on when this step of it fails: it, or a procedure further inside, says continue. */
export function isTolerated(step: RunStep, around: string): boolean {
  const all = levels(step);
  const inside = all.slice(
    0,
    Math.max(
      0,
      all.findIndex(({ id }) => id === around),
    ),
  );
  return inside.find(({ on_failure }) => on_failure !== 'ask')?.on_failure === 'continue';
}

/** The step itself first, then the procedures around it, the innermost first. */
const levels = (step: RunStep) => [step, ...[...(step.parts ?? [])].reverse()];
