import type { Json, JsonObject } from '../lib/json.ts';
import type { ErrorRecord } from './errors.ts';
import type { Fence } from './fence.ts';

export const RUN_STATUSES = ['running', 'waiting', 'paused', 'succeeded', 'failed', 'canceled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** One claim about the world, looked at again after a step: what should hold, whether it does, what was seen. */
export interface Proof {
  readonly claim: string;
  readonly held: boolean;
  readonly observed: string;
}

/** What a step would change, in words. Shown by --dry-run and at every approval. */
export interface Preview {
  readonly danger: Danger;
  readonly changes: readonly string[];
}

/** read: no effect. add: makes something new. change: alters what is there. destroy: cannot be taken back. */
export const DANGERS = ['read', 'add', 'change', 'destroy'] as const;
export type Danger = (typeof DANGERS)[number];

/** Something a run changed that must be put back before the run may close, e.g. a blocked role. */
export interface Obligation {
  /** The same for the step that opens it and the step that settles it. */
  readonly id: string;
  readonly what: string;
}

export type Owner = { readonly host: string; readonly pid: number; readonly startedAt: string };

/** What a run was started with; frozen, so that a later edit of the plan cannot change a run under way. */
export interface RunOrigin {
  readonly plan: JsonObject;
  readonly planHash: string;
  readonly planFile: string;
  readonly scenario: string;
  /** The steps as they are carried out, with those of procedures written out. Absent in runs of older builds. */
  readonly steps?: readonly JsonObject[];
  readonly environment: string;
  /** What the run must not touch, where its environment is not protected and another one is. */
  readonly fence?: Fence;
  readonly inputs: JsonObject;
  /** Break-glass: why it was begun although `check` found errors, and which. */
  readonly despite?: { readonly reason: string; readonly findings: readonly string[] };
  /** When the damage was done, if it was said at the start. ISO 8601, UTC. */
  readonly impactAt?: string;
  readonly version: string;
}

/** Everything that can happen in a run. The state of a run is a pure fold over these, and so is its report. */
export type RunEvent =
  | ({ readonly type: 'run.created' } & RunOrigin)
  | { readonly type: 'run.claimed'; readonly epoch: number; readonly owner: Owner }
  | { readonly type: 'run.paused'; readonly why: string }
  | { readonly type: 'run.impact'; readonly impactAt: string; readonly source: string }
  | { readonly type: 'run.healthy'; readonly step: string }
  | { readonly type: 'run.succeeded' }
  | { readonly type: 'run.failed'; readonly error: ErrorRecord }
  | { readonly type: 'run.canceled'; readonly reason: string }
  | { readonly type: 'step.waiting'; readonly step: string; readonly waitsFor: WaitsFor }
  | { readonly type: 'step.approved'; readonly step: string; readonly hash: string; readonly reason?: string }
  | { readonly type: 'step.rejected'; readonly step: string; readonly hash: string; readonly reason: string }
  | { readonly type: 'step.decided'; readonly step: string; readonly decision: Decision; readonly reason: string }
  | {
      readonly type: 'step.started';
      readonly step: string;
      readonly attempt: number;
      readonly action: string;
      readonly danger: Danger;
      readonly input: Json;
    }
  | {
      readonly type: 'step.answered';
      readonly step: string;
      readonly outcome: 'done' | 'failed';
      readonly answer: string;
    }
  | { readonly type: 'step.holds'; readonly step: string; readonly until: string }
  | { readonly type: 'step.noted'; readonly step: string; readonly note: Json }
  | {
      readonly type: 'step.retrying';
      readonly step: string;
      readonly attempt: number;
      readonly error: ErrorRecord;
      readonly notBefore: string;
    }
  | {
      readonly type: 'step.succeeded';
      readonly step: string;
      readonly how: 'ran' | 'observed' | 'decided';
      readonly output: Json;
      readonly proofs: readonly Proof[];
    }
  | {
      readonly type: 'step.failed';
      readonly step: string;
      readonly error: ErrorRecord;
      readonly proofs?: readonly Proof[];
    }
  | { readonly type: 'step.skipped'; readonly step: string; readonly why: string }
  | { readonly type: 'step.undoing'; readonly step: string }
  | { readonly type: 'step.undone'; readonly step: string; readonly impossible?: string }
  | { readonly type: 'obligation.opened'; readonly step: string; readonly obligation: Obligation }
  | { readonly type: 'obligation.settled'; readonly step: string; readonly id: string };

/** What a person can say about a step that failed or whose outcome is unknown. */
export const DECISIONS = ['retry', 'done', 'skip', 'undo', 'abort'] as const;
export type Decision = (typeof DECISIONS)[number];

export type WaitsFor =
  | {
      readonly kind: 'approval';
      readonly role: string;
      readonly count: number;
      readonly hash: string;
      readonly preview: Preview;
      readonly expiresAt?: string;
    }
  | { readonly kind: 'decision'; readonly why: ErrorRecord }
  | { readonly kind: 'task'; readonly instruction: string; readonly doneWhen?: string };

/** An event as it stands in the journal: who, when, its number, and the hash of the line before it. */
export type JournalEvent = {
  readonly run: string;
  readonly seq: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  /** The person or process that caused it. */
  readonly by: string;
  /** sha256, in hex, of the exact bytes of the line before (of nothing, for the first). */
  readonly prev: string;
} & RunEvent;
