import type { RunStep } from '../model/run-scenario.ts';
import { leftOut, mustWait } from './branches.ts';
import { isItsTurn } from './items.ts';
import type { StepRun } from './run-step.ts';

/**
 * Its turn has passed while it was looked at, or while the yes to its procedure was waited for: another way is taken, or too many other
 * items have failed. Nothing was done and nothing is kept; how the step ends is judged from what happened instead.
 */
export class NotItsTurn extends Error {
  constructor({ id }: RunStep) {
    super(`${id} may not begin any more`);
  }
}

/**
 * Throws NotItsTurn for a step of which the log knows nothing yet, and which may not begin as things stand now. To be called right
 * before its first line is kept, with nothing awaited in between.
 */
export function requireTurn({ scenario, step, log }: StepRun): void {
  const state = log.state();
  if ((state.steps.get(step.id)?.progress.status ?? 'queued') !== 'queued') return;
  const isPassed = leftOut(scenario, step, state) !== undefined || mustWait(scenario, step, state);
  if (isPassed || !isItsTurn(step, state)) throw new NotItsTurn(step);
}
