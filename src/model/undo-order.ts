import type { RunState } from './run-state.ts';

/** Steps this run has begun and not yet taken back, in the reverse order of their beginning. */
export function undoOrder<S extends { readonly id: string }>(steps: readonly S[], state: RunState): readonly S[] {
  const begunAt = ({ id }: S): string => state.steps.get(id)?.startedAt ?? '';
  const order = new Map(steps.map(({ id }, index) => [id, index]));
  return steps
    .filter((step) => begunAt(step) !== '' && state.steps.get(step.id)?.progress.status !== 'undone')
    .sort((a, b) => begunAt(b).localeCompare(begunAt(a)) || (order.get(b.id) as number) - (order.get(a.id) as number));
}

/** Whether the run as a whole is being taken back. */
export const isBeingUndone = ({ steps }: RunState): boolean =>
  [...steps.values()].some(({ progress: { status } }) => status === 'undoing' || status === 'undone');
