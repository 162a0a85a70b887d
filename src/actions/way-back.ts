import type { AnyAction } from './action.ts';

/** Why one use of an action cannot be taken back. Undefined when it can, and when there is nothing to take back. */
export function noWayBack(action: AnyAction, input: unknown): string | undefined {
  if (action.danger === 'read') return undefined;
  return typeof action.undo === 'function' ? action.cannotUndo?.(input) : action.undo.impossible;
}
