import type { Json } from '../lib/json.ts';
import { withEntry } from '../lib/versioned-map.ts';
import type { JournalEvent } from './run.ts';
import type { RunState, StepState } from './run-state.ts';

/** What steps with for_each are carried out for, by the names of the steps. */
export type ItemLists = ReadonlyMap<string, readonly Json[]>;

/** A step with for_each is under way from the moment its items are kept until all of them have come to rest. */
export function begunForItems(step: StepState, at: string): StepState {
  const { decision: _used, ...kept } = step;
  return {
    ...kept,
    progress: { status: 'running', since: at },
    attempts: step.attempts + 1,
    startedAt: step.startedAt ?? at,
  };
}

/** The items as they are kept. Kept a second time, they are those of a step that is tried again: what failed of them waits for its turn. */
export function withItems(state: RunState, event: JournalEvent & { type: 'step.items' }): RunState {
  const items = new Map(state.items).set(event.step, event.items);
  if (!state.items.has(event.step)) return { ...state, items };
  const own = [...state.steps].filter(([id]) => id.startsWith(`${event.step}.`));
  const steps = own.reduce((all, [id, step]) => withEntry(all, id, triedAgain(step, event)), state.steps);
  return { ...state, items, steps };
}

/** As if the person who said "retry" of the whole had said it of each item that failed. What was left out by a word stays so. */
function triedAgain(step: StepState, { by }: JournalEvent): StepState {
  const { status } = step.progress;
  const isLeftOut = status === 'skipped' && step.decision?.decision !== 'skip';
  if (status !== 'failed' && !isLeftOut) return step;
  const { rejection: _no, ...kept } = step;
  const decision = { decision: 'retry', by, reason: 'the step is tried again for what failed' } as const;
  return { ...kept, progress: { status: 'queued' }, retries: 0, ...(status === 'failed' ? { decision } : {}) };
}
