import { KnownError } from '../model/errors.ts';
import { type ChainHead, type ChainLine, NO_LINES, readChain, sha256Hex } from '../model/journal-chain.ts';
import type { JournalEvent } from '../model/run.ts';
import { foldRun } from '../model/run-state.ts';
import type { RunRecord } from './run-store.ts';

/** The log of a run from elsewhere, read as a chain. Throws JOURNAL_DAMAGED: nothing is taken in that does not follow. */
export function readForeign(run: string, lines: readonly string[]): Foreign {
  const reading = readChain(run, lines);
  if (reading.whole && reading.events.length > 0) return { ...reading, lines: chained(reading.events, lines) };
  const why = reading.whole ? 'there is no event' : `event ${reading.seq} ${reading.why}`;
  throw new KnownError('JOURNAL_DAMAGED', `the log of ${run} cannot be taken in: ${why}`, 'Nothing was taken in.');
}

interface Foreign {
  readonly events: readonly JournalEvent[];
  readonly head: ChainHead;
  readonly lines: readonly ChainLine[];
}

const chained = (events: readonly JournalEvent[], lines: readonly string[]): readonly ChainLine[] =>
  events.map((event, index) => {
    const line = lines[index] as string;
    return { event, line, hash: sha256Hex(line) };
  });

/** The record of a run of which nothing is kept here yet. */
export function foreignRecord(id: string, lock: string, { events }: Foreign): RunRecord {
  const { origin, createdAt } = foldRun(events);
  const { scenario, environment } = origin;
  const about = { id, lock, scenario, environment, createdAt };
  return { ...about, status: 'running', epoch: 0, head: NO_LINES, leaseUntil: createdAt };
}

/** How many of the lines are here already. Throws RUN_FENCED when what is here is something else, or more. */
export function knownLines(run: string, kept: readonly string[], given: readonly string[]): number {
  const parting = kept.findIndex((line, index) => line !== given[index]);
  if (parting < 0) return kept.length;
  const more = parting === given.length;
  throw new KnownError(
    'RUN_FENCED',
    more
      ? `${run} is here up to event ${kept.length}, and its copy ends at ${parting}: this machine knows more`
      : `${run} is here with another event ${parting + 1} than in its copy: the two part after event ${parting}`,
    more
      ? `Go on with what is here: lifeboat recover --resume ${run}`
      : 'Nothing was changed. Take it over into an empty state folder: --state FOLDER',
  );
}
