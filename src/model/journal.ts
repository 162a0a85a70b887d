import type { Adoption, JournalEvent, Owner, RunEvent, RunStatus } from './run.ts';

export interface RunSummary {
  readonly id: string;
  readonly lock: string;
  readonly scenario: string;
  readonly environment: string;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly owner?: Owner;
  /** Whether the owner's process is known to live, known to be gone, or on a machine we cannot see. */
  readonly ownerState: 'none' | 'alive' | 'gone' | 'elsewhere';
}

/** The right to write to a run. A claim made later by anyone else takes it away. */
export type Claim = { readonly run: string; readonly epoch: number };

export interface AdoptRun {
  readonly id: string;
  readonly lock: string;
  readonly by: string;
  readonly lines: readonly string[];
  /** Absent: only the lines are kept, of a run that is over. */
  readonly adoption?: Adoption;
}

/**
 * Where runs are kept: an append-only log per run, in which every line carries the hash of the line before.
 * One suite, `journal/journal.testsuite.ts`, holds for every implementation.
 */
export interface RunJournal {
  /** Begins a run and claims it. Throws RUN_LOCKED, naming the holder, while another run with the same lock is not over. */
  create(run: { id: string; lock: string; by: string; origin: RunEvent & { type: 'run.created' } }): Promise<Claim>;
  /** Takes the right to write. Throws RUN_LOCKED while a living process holds it, RUN_NOT_FOUND when there is no such run. */
  claim(run: string, by: string): Promise<Claim>;
  /** Keeps events, in order, all or none, durably when it returns. Throws RUN_FENCED when the claim is no longer the newest. */
  append(claim: Claim, by: string, events: readonly RunEvent[]): Promise<readonly JournalEvent[]>;
  /** Says the owner lives. Throws RUN_FENCED like append. */
  beat(claim: Claim): Promise<void>;
  /** Gives the claim back, so that another process may resume at once. */
  release(claim: Claim): Promise<void>;
  /** Keeps what a person said from any process: approvals, decisions, cancellation. Needs no claim. */
  signal(run: string, by: string, event: Signal): Promise<JournalEvent>;
  /** Events of a run after a number, oldest first. Throws JOURNAL_DAMAGED when a line does not follow from the one before. */
  events(run: string, afterSeq?: number): Promise<readonly JournalEvent[]>;
  /** The exact lines as they were written, for evidence and for the copy. */
  lines(run: string, afterSeq?: number): Promise<readonly string[]>;
  /**
   * Takes in the log of a run that another machine wrote, whole, and with `adoption` the right to go on with it.
   * Lines that are here already must be the same: throws RUN_FENCED where they part, RUN_LOCKED as `claim` does.
   */
  adopt(run: AdoptRun): Promise<void>;
  /** Throws what `adopt` would throw, and keeps nothing. */
  mayAdopt(run: AdoptRun): Promise<void>;
  /** The process that this journal was opened by. */
  readonly self: Owner;
  runs(): Promise<readonly RunSummary[]>;
  close(): void;
}

const SIGNAL_TYPES = [
  'step.approved',
  'step.rejected',
  'step.decided',
  'step.answered',
  'step.edited',
  'step.confirmed',
  'step.denied',
  'run.canceled',
] as const;

/** What a person may say to a run from any process, whether or not somebody drives it. */
export type Signal = Extract<RunEvent, { type: (typeof SIGNAL_TYPES)[number] }>;

export const SIGNALS: ReadonlySet<RunEvent['type']> = new Set(SIGNAL_TYPES);
