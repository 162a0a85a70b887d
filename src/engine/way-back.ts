import { noWayBack } from '../actions/way-back.ts';
import { KnownError } from '../model/errors.ts';
import { groundLines } from '../model/ground-words.ts';
import type { Ground } from '../model/run.ts';
import type { Prepared } from './run-step.ts';

/** What else whoever says yes must know: what the step rests on, and whether it can be taken back. */
export function notesOf({ action, input, ports }: Prepared, grounds: readonly Ground[]): readonly string[] {
  const lines = groundLines(grounds, ports.clock.now());
  if (action.danger === 'read') return lines;
  const impossible = noWayBack(action, input);
  return [...lines, impossible === undefined ? 'can be taken back' : `cannot be taken back: ${impossible}`];
}

/** Throws PLAN_INVALID before a step acts that may have to be taken back, and cannot be. */
export function requireWayBack({ step, action, input }: Prepared): void {
  const why = step.confirm && noWayBack(action, input);
  if (why === undefined) return;
  throw new KnownError(
    'PLAN_INVALID',
    `${step.id} is to be taken back when nobody confirms it, and cannot be: ${why}`,
    'Take confirm away, or use an action that can be taken back.',
  );
}
