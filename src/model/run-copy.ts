import type { ChainHead } from './journal-chain.ts';
import type { JournalEvent, Owner } from './run.ts';

/*
 * The log of a run is copied, as it grows, to the repository of backups. So another machine can take the run over when the one
 * that drove it is gone, and what is known of a disaster does not go down with it.
 */

/** The right to drive a run from one line on. Written once for each epoch and never changed, so of two who want the same one wins. */
export interface CopyClaim {
  readonly run: string;
  readonly epoch: number;
  readonly by: string;
  readonly owner: Owner;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The line that it follows. What an earlier epoch wrote beyond that line does not belong to the run. */
  readonly after: ChainHead;
}

/** Written over and over by the process that drives a run. */
export interface SignOfLife {
  readonly run: string;
  readonly epoch: number;
  readonly at: string;
  /** How far the log was copied. */
  readonly copied: ChainHead;
}

/** Lines of one epoch as the repository holds them, known from the name of their object alone. */
export interface CopiedLines {
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
  /** The beginning of the hash of the last line. */
  readonly hash: string;
}

/** A run as the repository knows it, whole and verified. */
export interface CopiedRun {
  readonly run: string;
  readonly lines: readonly string[];
  readonly events: readonly JournalEvent[];
  readonly head: ChainHead;
  /** By epoch, the oldest first. */
  readonly claims: readonly CopyClaim[];
  readonly signs: readonly SignOfLife[];
  /** Lines that an owner wrote after the next one had taken the run over. */
  readonly parted: readonly { readonly epoch: number; readonly after: number; readonly last: number }[];
}

/** The copies of runs in a repository. */
export interface RunCopies {
  readonly place: string;
  /** The runs of which there is anything, sorted. */
  runs(): Promise<readonly string[]>;
  claims(run: string): Promise<readonly CopyClaim[]>;
  signs(run: string): Promise<readonly SignOfLife[]>;
  copied(run: string): Promise<readonly CopiedLines[]>;
  /** Writes a claim, and gives the one that holds for its epoch: this one, or that of who was first. */
  claim(claim: CopyClaim): Promise<CopyClaim>;
  /** Keeps lines, the first of which has this number. */
  keep(
    run: string,
    piece: { readonly epoch: number; readonly first: number; readonly lines: readonly string[] },
  ): Promise<void>;
  sign(sign: SignOfLife): Promise<void>;
  /** Needs the private key. Throws RUN_NOT_FOUND, and OBJECT_DAMAGED with the name of what is not as it was written. */
  read(run: string): Promise<CopiedRun>;
}

/** The claim that an event stands for, if it is one. */
export function claimOf(event: JournalEvent): CopyClaim | undefined {
  const { run, by, seq, prev } = event;
  const after = { seq: seq - 1, hash: prev };
  if (event.type === 'run.claimed') return { run, epoch: event.epoch, by, owner: event.owner, at: event.at, after };
  if (event.type === 'run.adopted')
    return { run, epoch: event.epoch, by, owner: event.owner, at: event.claimedAt, after };
  return undefined;
}

export const isSameClaim = (a: CopyClaim, b: CopyClaim): boolean => claimText(a) === claimText(b);

const claimText = ({ run, epoch, by, owner, at, after }: CopyClaim): string =>
  JSON.stringify([run, epoch, by, owner.host, owner.pid, owner.startedAt, at, after.seq, after.hash]);
