import { type ErrorRecord, KnownError } from '../../../src/model/errors.ts';
import type { RunJournal, Signal } from '../../../src/model/journal.ts';
import type { Decision, JournalEvent } from '../../../src/model/run.ts';
import { scenarioOfRun } from '../../../src/model/run-scenario.ts';
import { openObligations, type RunState } from '../../../src/model/run-state.ts';
import type { Play } from './lives.ts';
import type { StandInWorld } from './world.ts';

/** What somebody was asked, and what they said. */
export interface Asked {
  readonly step: string;
  readonly code: string;
  readonly said: Decision;
  /** Said although the effect is there: it will be there twice. */
  readonly isTwice: boolean;
}

const RUN = 'run-1';

/** Everybody says yes to everything, and does what they are asked. */
export function answerWaiting(
  { step, waitsFor }: JournalEvent & { type: 'step.waiting' },
  people: Play['people'],
  journal: RunJournal,
): void {
  if (waitsFor.kind === 'task') say(journal, 'grace', { type: 'step.answered', step, outcome: 'done', answer: 'seen' });
  if (waitsFor.kind !== 'approval') return;
  const { role, count, hash } = waitsFor;
  for (const person of (people[role] ?? []).slice(0, count))
    say(journal, person, { type: 'step.approved', step, hash });
}

/** A word that comes when the run is over already is too late, and nothing else. */
function say(journal: RunJournal, by: string, word: Signal): void {
  journal.signal(RUN, by, word).catch((error: unknown) => {
    if (!(error instanceof KnownError && error.code === 'USAGE')) throw error;
  });
}

/**
 * Somebody looks at the paused run and decides. After a failure they say "retry". Where the outcome is unknown they look at the world
 * themselves: "retry" when nothing is there, "done" when it is, unless a later step needs to know what it put out. What the run still
 * owes they put back by hand.
 */
export async function decideForRun(state: RunState, { world, play, journal, asked }: Deciding): Promise<void> {
  const stopped = [...state.steps.values()].flatMap((step) => {
    const { progress } = step;
    const isOpen = progress.status === 'waiting' && progress.waitsFor.kind === 'decision' && !step.decision;
    return isOpen ? [wordOn(step.id, (progress.waitsFor as { why: ErrorRecord }).why, world, play)] : [];
  });
  const owed = openObligations(state).map(({ step }) => ({
    step,
    code: 'OBLIGATION_OPEN',
    said: 'done',
    isTwice: false,
  }));
  for (const word of stopped.length > 0 ? stopped : (owed as readonly Asked[])) {
    // Before it is kept: whoever dies right after has been asked.
    asked.push(word);
    const { step, said: decision } = word;
    await journal.signal(RUN, 'grace', { type: 'step.decided', step, decision, reason: 'looked at it' });
  }
}

interface Deciding {
  readonly world: StandInWorld;
  readonly play: Play;
  readonly journal: RunJournal;
  /** Everything that was asked so far; it grows. */
  readonly asked: Asked[];
}

function wordOn(step: string, { code }: ErrorRecord, world: StandInWorld, play: Play): Asked {
  const isThere = world.ledger.some(({ key }) => key === `${RUN}/${step}`);
  const said = code === 'OUTCOME_UNKNOWN' && isThere && !isNeeded(step, play) ? 'done' : 'retry';
  return { step, code, said, isTwice: said === 'retry' && isThere };
}

/** Whether a later step uses what this one puts out, or the run counts as healthy with it: "done" would say neither. */
const isNeeded = (step: string, { roles, origin }: Play): boolean =>
  Object.keys(roles.get(step)?.output ?? {}).length > 0 || scenarioOfRun({ origin }).healthy === step;
