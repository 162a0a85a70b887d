import { seconds } from '../lib/duration.ts';
import { KnownError } from '../model/errors.ts';
import type { RunJournal } from '../model/journal.ts';
import type { JournalEvent } from '../model/run.ts';
import { foldRun, type RunState } from '../model/run-state.ts';
import { isOver } from './resume.ts';
import type { Services } from './services.ts';

/** Somebody stands at the terminal; whoever drives the run looks as soon as it reads the word. */
const ANSWERED_WITHIN = seconds(30);
const LOOK_EVERY = seconds(0.2);

/** Somebody's word that a task is done, and who said it. */
interface Said {
  readonly state: RunState;
  readonly step: string;
  /** The number of the event that holds the word. */
  readonly seq: number;
}

/**
 * Waits for what the machine of a task says to a word that it is done. Throws VERIFICATION_FAILED when it sees that it is not; `later`
 * when whoever drives the run has not said so in time.
 */
export async function machineSays(
  { state, step, seq }: Said,
  journal: RunJournal,
  { clock }: Services,
): Promise<'seen' | 'later'> {
  const end = clock.now().getTime() + ANSWERED_WITHIN;
  while (clock.now().getTime() < end) {
    const events = await journal.events(state.id);
    const after = events.filter((event) => event.seq > seq && 'step' in event && event.step === step);
    const refuted = after.find(isRefuted);
    if (refuted) throw notDone(state.id, step, refuted);
    const now = foldRun(events);
    if (now.steps.get(step)?.progress.status !== 'waiting' || isOver(now.status)) return 'seen';
    await clock.sleep(LOOK_EVERY);
  }
  return 'later';
}

type Looked = JournalEvent & { readonly type: 'step.looked' };

const isRefuted = (event: JournalEvent): event is Looked => event.type === 'step.looked' && event.refuted === true;

const notDone = (run: string, step: string, { looksFor, seen }: Looked): KnownError =>
  new KnownError(
    'VERIFICATION_FAILED',
    `${step} does not count as done: it needs ${looksFor}; seen: ${seen}`,
    `It goes on being looked at, and ends by itself. To go on although the machine does not see it: lifeboat decide ${run} ${step} done --despite-look --reason "…"`,
  );
