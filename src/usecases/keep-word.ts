import { seconds } from '../lib/duration.ts';
import { type ErrorRecord, errorRecord, KnownError } from '../model/errors.ts';
import type { RunJournal, Signal } from '../model/journal.ts';
import type { RunState } from '../model/run-state.ts';
import { isDriven } from './find-run.ts';
import { copyLines, type LogCopy, logCopy, requireNotTaken } from './log-copy.ts';
import { planOfRun } from './plan-of-run.ts';
import { plannedPlace } from './repository-place.ts';
import { LATE, within } from './run-copier.ts';
import type { Services } from './services.ts';

/** Nobody waits longer than this for a repository that does not answer. */
const COPY_WITHIN_MS = seconds(5);

export interface Said {
  readonly journal: RunJournal;
  readonly state: RunState;
  readonly by: string;
  readonly word: Signal;
}

export interface KeptWord {
  /** Why the word is not in the repository, where whoever takes the run over from another machine would find it. */
  readonly not_copied?: ErrorRecord;
}

/**
 * Keeps what a person says to a run. Whoever drives the run copies it to the repository; where nobody does, this process. That it
 * cannot is no reason to refuse the word: it is kept here in any case.
 */
export const keepWord = async (said: Said, services: Services): Promise<KeptWord> =>
  (await sayWord(said, services)).kept;

/** As `keepWord`, with the number of the event that holds the word. */
export async function sayWord(
  { journal, state, by, word }: Said,
  services: Services,
): Promise<{ readonly seq: number; readonly kept: KeptWord }> {
  const { seq } = await journal.signal(state.id, by, word);
  try {
    if (!(await isDriven(state.id, journal))) await copyWord({ journal, state }, services);
    return { seq, kept: {} };
  } catch (error) {
    return { seq, kept: { not_copied: errorRecord(error) } };
  }
}

async function copyWord({ journal, state }: Pick<Said, 'journal' | 'state'>, services: Services): Promise<void> {
  const { clock } = services;
  const copies = services.copies(plannedPlace(planOfRun(state)));
  // Claims of this machine fence nobody here: a word needs none.
  const copy = logCopy({ run: state.id, journal, copies, clock, epoch: Number.POSITIVE_INFINITY });
  if ((await within(clock, COPY_WITHIN_MS, copyUnlessTaken(copy))) !== LATE) return;
  throw new KnownError('TIMED_OUT', `${copies.place} does not answer`, 'Look at the repository.');
}

/** Looks again afterwards: a line that another machine did not see when it took the run over does not belong to the run. */
async function copyUnlessTaken(copy: LogCopy): Promise<void> {
  await requireNotTaken(copy);
  await copyLines(copy);
  await requireNotTaken(copy);
}
