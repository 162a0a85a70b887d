import { withEntry } from '../lib/versioned-map.ts';
import type { JournalEvent } from './run.ts';
import type { RunState } from './run-state.ts';

/** Nobody drives it until it is claimed here. A word "again" may have been used up in what the copy does not know. */
export function adopt(state: RunState, event: JournalEvent & { type: 'run.adopted' }): RunState {
  const { run: _run, seq, at: _at, by: _by, prev: _prev, type: _type, ...adopted } = event;
  const { owner: _before, ...rest } = state;
  const next = {
    ...rest,
    adopted,
    epoch: event.epoch,
    status: state.endedAt !== undefined ? state.status : ('paused' as const),
  };
  if (event.gone === undefined) return next;
  let { steps } = state;
  for (const [id, { decision, ...step }] of [...state.steps])
    if (decision?.decision === 'retry') steps = withEntry(steps, id, step);
  return { ...next, steps, blindSince: seq };
}

/**
 * Whether a step may have been begun although nothing says so: the run was taken over from a copy that may lack the end, and the step
 * was not begun since. What is not noted of it may have happened all the same.
 */
export const isInDoubt = ({ blindSince, steps }: RunState, step: string): boolean =>
  blindSince !== undefined && (steps.get(step)?.startedSeq ?? 0) < blindSince;
