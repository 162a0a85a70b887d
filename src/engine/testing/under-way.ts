import type { JournalEvent } from '../../model/run.ts';
import { foldRun } from '../../model/run-state.ts';
import { standingOf } from '../items.ts';

/** How many items of a step were under way at most, told from what was kept. */
export function mostUnderWay(events: readonly JournalEvent[], id: string): number {
  return Math.max(
    0,
    ...events.map((_, index) => {
      const state = foldRun(events.slice(0, index + 1));
      // What is being taken back is under way in another sense.
      return state.steps.get(id)?.progress.status === 'running' ? standingOf(id, state).underWay.size : 0;
    }),
  );
}
