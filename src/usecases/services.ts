import type { AnyAction } from '../actions/action.ts';
import type { Actions, Expressions } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import type { Duration } from '../lib/duration.ts';
import type { MakeId } from '../lib/ids.ts';
import type { GaugeReading } from '../model/gauge.ts';
import type { RunJournal } from '../model/journal.ts';
import type { LogSearchRequest, LogSearchResult } from '../model/log-search.ts';
import type { Plan, SecretRef } from '../model/plan.ts';
import type { BackupRepository } from '../model/repository.ts';
import type { RunCopies } from '../model/run-copy.ts';

import type { RunSpan } from '../model/run-spans.ts';

/** All that use cases need of the outside. Composed by `main`; the command line is one caller, tests are another. */
export interface Services {
  readonly clock: Clock;
  readonly makeId: MakeId;
  readonly version: string;
  /** Who acts: a name people know. */
  readonly actor: string;
  readonly cwd: string;
  env(name: string): string | undefined;
  /** What was typed with --plan, --state and --environment. */
  readonly chosen: { readonly plan?: string; readonly state?: string; readonly environment?: string };
  secret(ref: SecretRef | string): string;
  redact(text: string): string;
  readonly expressions: Expressions;
  /** Every action of this build, by name. */
  readonly actions: ReadonlyMap<string, AnyAction>;
  /** The journal in a state folder, which is made when it is missing. Opened once. */
  journal(stateFolder: string): RunJournal;
  /** The copies of runs in a repository. Touches nothing before it is used. */
  copies(repository: RepositoryPlace): RunCopies;
  /** Actions with their clients, for one plan. Clients are opened on first use and closed by `close`. */
  openActions(world: PlanWorld): Actions;
  /** Receives the write-ahead log of a component until the signal is aborted, over interruptions. */
  streamLog(world: PlanWorld, request: StreamRequest): Promise<void>;
  /** Sends spans of a run to a tracing system; absent when nobody wants them. Says why it could not; never throws, and ends in bounded time. */
  sendSpans?(spans: readonly RunSpan[]): Promise<string | undefined>;
  /** Reads the write-ahead log that the repository keeps of a component for transactions. */
  findInLog(world: PlanWorld, request: LogSearchRequest): Promise<LogSearchResult>;
  /** What of a component would be lost if its server died now. */
  gauge(world: PlanWorld, component: string, signal: AbortSignal): Promise<GaugeReading>;
  /** Gives back everything that was opened here. */
  close(): Promise<void>;
}

/** Where a repository is and how it is opened, in a plan or as typed. */
export interface RepositoryPlace {
  readonly folder: string;
  /** Who can open what is written. None: those the repository was made with. */
  readonly recipients: readonly string[];
  readonly identity?: SecretRef | undefined;
}

/** A plan with the places that belong to it. */
export interface PlanWorld {
  readonly plan: Plan;
  readonly repository: BackupRepository;
  readonly stateFolder: string;
}

export interface StreamRequest {
  readonly component: string;
  readonly flushEvery?: Duration;
  readonly signal: AbortSignal;
  onProgress(progress: StreamProgress): void;
}

/**
 * How far the stream is: what is safe (in the repository, or in the spool when the plan has one), and where the server stands; or why
 * it stands still. With a spool also how the repository follows.
 */
export type StreamProgress =
  | {
      readonly state: 'connected';
      readonly standby: string;
      /** Whether commits wait for this stream. */
      readonly waitsForUs: boolean;
      /** How much log the server keeps at most for a stream that does not come, as the server writes it; -1: without end. */
      readonly slotLimit: string;
    }
  | { readonly state: 'stored'; readonly stored: bigint; readonly at: Date }
  | { readonly state: 'not-stored'; readonly why: string; readonly spooled: number; readonly retryAt: Date }
  | { readonly state: 'streaming'; readonly flushed: bigint; readonly serverPosition: bigint; readonly at: Date }
  | { readonly state: 'interrupted'; readonly why: string; readonly retryAt: Date };
