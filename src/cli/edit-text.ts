import type { EditResult } from '../usecases/edit-step.ts';
import { notCopiedLines } from './not-copied.ts';

/** What was changed, who must be asked anew, and what is to be typed next. */
export function editText({ run, step, by, changed, void_approvals, then, ...kept }: EditResult): string {
  return [
    `${by} edited ${step} of ${run}:`,
    ...changed.map(
      ({ key, from, to }) =>
        `  ${key}: ${from === undefined ? 'nothing' : JSON.stringify(from)} -> ${JSON.stringify(to)}`,
    ),
    ...(void_approvals.length > 0 ? [`Void now, and asked anew: the approval of ${void_approvals.join(', ')}`] : []),
    ...notCopiedLines(kept),
    ...(then === undefined ? [] : [`To begin with it: ${then}`]),
  ].join('\n');
}
