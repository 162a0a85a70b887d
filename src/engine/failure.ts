import type { ErrorRecord } from '../model/errors.ts';
import type { Step } from '../model/plan.ts';

/** What follows a failure. An unknown outcome always asks a person, whatever the plan says: going on or undoing would be a guess. */
export function failurePolicy(step: Step, error: ErrorRecord): Step['on_failure'] {
  return error.code === 'OUTCOME_UNKNOWN' ? 'ask' : step.on_failure;
}
