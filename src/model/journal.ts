import type { JournalEvent, Owner, RunEvent, RunStatus } from './run.ts';

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
  /** The exact lines as they were written, for evidence. */
  lines(run: string): Promise<readonly string[]>;
  runs(): Promise<readonly RunSummary[]>;
  close(): void;
}

export type Signal = Extract<
  RunEvent,
  { type: 'step.approved' | 'step.rejected' | 'step.decided' | 'step.answered' | 'run.canceled' }
>;
