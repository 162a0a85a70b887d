import type { ChainHead, ChainLine } from '../model/journal-chain.ts';
import type { Owner, RunStatus } from '../model/run.ts';

/** The process that may write to a run, the person behind it, and since when. */
export interface Holder extends Owner {
  readonly by: string;
  readonly since: string;
}

/** What is kept about a run beside its lines. */
export interface RunRecord {
  readonly id: string;
  readonly lock: string;
  readonly scenario: string;
  readonly environment: string;
  readonly createdAt: string;
  readonly status: RunStatus;
  readonly epoch: number;
  readonly head: ChainHead;
  readonly holder?: Holder;
  /** Until when a holder on a machine we cannot see counts as alive. */
  readonly leaseUntil: string;
}

/** A place for records and lines. All rules are in `keep-journal.ts`; a store only keeps. */
export interface RunStore {
  /** Does the work alone and all or nothing, durably when it returns. Everything below is called inside `write` or `read`. */
  write<T>(work: () => T): T;
  /** Sees one moment of the store throughout. */
  read<T>(work: () => T): T;
  record(run: string): RunRecord | undefined;
  /** Newest first. */
  records(): readonly RunRecord[];
  /** A new record, or the new content of a known one. */
  save(record: RunRecord): void;
  add(run: string, lines: readonly ChainLine[]): void;
  /** Lines after a number, oldest first. */
  lines(run: string, afterSeq: number): readonly string[];
  /** The hash that was kept beside a line; undefined when there is no such line. */
  hash(run: string, seq: number): string | undefined;
  close(): void;
}
