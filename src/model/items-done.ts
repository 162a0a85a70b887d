import { type RunStep, scenarioOfRun } from './run-scenario.ts';
import type { RunState } from './run-state.ts';

/** How far a step with for_each is. What failed is done, too: it is not begun again by itself. */
export interface ItemsDone {
  readonly total: number;
  readonly done: number;
  readonly under_way: number;
  readonly failed: number;
}

const OVER: readonly string[] = ['succeeded', 'skipped', 'failed', 'undone'];

/** Told from the state alone, for whoever looks. */
export function itemsDone(id: string, state: RunState): ItemsDone {
  const items = new Map<number, RunStep[]>();
  for (const step of scenarioOfRun(state).steps)
    if (step.each?.step === id) items.set(step.each.index, [...(items.get(step.each.index) ?? []), step]);
  const all = [...items.values()].map((steps) =>
    steps.map((step) => state.steps.get(step.id)?.progress.status ?? 'queued'),
  );
  const over = all.filter((statuses) => statuses.every((status) => OVER.includes(status)));
  const begun = all.filter((statuses) => statuses.some((status) => status !== 'queued'));
  return {
    total: all.length,
    done: over.length,
    under_way: begun.length - over.length,
    failed: over.filter((statuses) => statuses.includes('failed')).length,
  };
}

/** The outermost step with for_each that a step is an item of, or a step of such an item. */
export const wholeOfItem = (id: string, { items }: RunState): string | undefined =>
  [...items.keys()].find((whole) => id.startsWith(`${whole}.`));

/** `12 of 500 done, 4 under way, 1 failed` */
export const itemsText = ({ total, done, under_way, failed }: ItemsDone): string =>
  [`${done} of ${total} done`, `${under_way} under way`, ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
