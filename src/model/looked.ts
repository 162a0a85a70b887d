import type { JournalEvent } from './run.ts';
import type { StepState } from './run-state.ts';

/** What a step looks for in the world again and again, and what it last saw. */
export interface Looked {
  readonly for: string;
  /** Then it is given up. Absent where the step itself says how long it may take. */
  readonly until?: string;
  /** In words; absent before the first look. */
  readonly seen?: string;
  /** When that was kept: what is seen again and again is not kept again. */
  readonly at: string;
}

/** A step after a look. Who said that it is done while the machine sees that it is not, is asked again. */
export function withLook(step: StepState, event: JournalEvent & { type: 'step.looked' }): StepState {
  const { looksFor, until, seen, refuted, at } = event;
  const end = step.looked?.until ?? until;
  const last = seen ?? step.looked?.seen;
  const looked = {
    for: looksFor,
    ...(end === undefined ? {} : { until: end }),
    ...(last === undefined ? {} : { seen: last }),
    at,
  };
  const { answer, ...rest } = step;
  return refuted || answer === undefined ? { ...rest, looked } : { ...rest, answer, looked };
}

/** `http.wait_healthy gives status == 200; last seen: status = 502` */
export const lookedWords = ({ for: looksFor, seen }: Pick<Looked, 'for' | 'seen'>): string =>
  `${looksFor}; ${seen === undefined ? 'not looked at yet' : `last seen: ${seen}`}`;
