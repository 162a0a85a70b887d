import type { RunScenario, RunStep } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';
import { isLeftBehind } from './branches.ts';
import { failurePolicy } from './failure.ts';

/** A settled step needs nothing more. */
export function isSettled(scenario: RunScenario, step: RunStep, state: RunState): boolean {
  const progress = state.steps.get(step.id)?.progress;
  if (progress?.status === 'failed')
    return failurePolicy(step, progress.error) === 'continue' || isLeftBehind(scenario, step, state);
  return progress?.status === 'succeeded' || progress?.status === 'skipped';
}
