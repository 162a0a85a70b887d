import type { Json, JsonObject } from '../lib/json.ts';
import type { ErrorRecord } from './errors.ts';
import type { Fence } from './fence.ts';
import type { MeasuredSpan } from './measured.ts';

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
  /** What else one must know to say yes: on what it rests, and whether it can be taken back. */
  readonly notes?: readonly string[];
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

/** What a step rests on, looked at right before it acted. */
export type Ground =
  /** An earlier step whose proofs still held; `by` says on whose word, where no machine can tell. */
  | { readonly kind: 'proven'; readonly step: string; readonly by?: string; readonly proofs: readonly Proof[] }
  | {
      readonly kind: 'safety point';
      readonly component: string;
      readonly point: string;
      /** The moment one can return to. ISO 8601, UTC. */
      readonly at: string;
    }
  | { readonly kind: 'no safety point'; readonly component: string; readonly by: string; readonly reason: string };

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
  /** When the damage was noticed, if it was said at the start. ISO 8601, UTC. */
  readonly detectedAt?: string;
  /** How long steps took in earlier runs, by step: a resumed run foretells the same as before. */
  readonly measured?: Readonly<Record<string, MeasuredSpan>>;
  readonly version: string;
}

/** A run that another machine has taken over from the copy of its log in the repository. */
export interface Adoption {
  readonly epoch: number;
  /** Who takes it over, and when the claim was written. */
  readonly owner: Owner;
  readonly claimedAt: string;
  /** Who drove it before; absent when nobody did. */
  readonly from?: Owner;
  /** The newest line of the copy. What happened after it is not known. */
  readonly lastSeq: number;
  /** ISO 8601: the last sign of life of who drove it before, by that machine's clock. */
  readonly lastSign: string;
  /** Why the one before counts as gone; absent when the copy itself says that nobody drove the run. */
  readonly gone?: string;
  /** Where the repository is, and the private key, as seen from this machine. */
  readonly repository: string;
  readonly identity?: string;
}

/** Everything that can happen in a run. The state of a run is a pure fold over these, and so is its report. */
export type RunEvent =
  | ({ readonly type: 'run.created' } & RunOrigin)
  | { readonly type: 'run.claimed'; readonly epoch: number; readonly owner: Owner }
  | ({ readonly type: 'run.adopted' } & Adoption)
  | { readonly type: 'run.copy_lags'; readonly step: string; readonly copied: number; readonly why: string }
  | {
      readonly type: 'run.paused';
      readonly why: string;
      /** Where it is the run itself that may not go on, and no step. */
      readonly error?: ErrorRecord;
    }
  | { readonly type: 'run.extended'; readonly until: string; readonly duration: string; readonly reason: string }
  | { readonly type: 'run.impact'; readonly impactAt: string; readonly source: string }
  | { readonly type: 'run.detected'; readonly detectedAt: string; readonly source: string }
  /** `since`: when that was reached, where it had to be confirmed first. */
  | { readonly type: 'run.healthy'; readonly step: string; readonly since?: string }
  | { readonly type: 'run.succeeded' }
  | { readonly type: 'run.failed'; readonly error: ErrorRecord }
  | { readonly type: 'run.canceled'; readonly reason: string }
  | { readonly type: 'step.waiting'; readonly step: string; readonly waitsFor: WaitsFor }
  | {
      readonly type: 'step.approved';
      readonly step: string;
      readonly hash: string;
      readonly reason?: string;
      /** Why it is done without the people who would have to say yes. */
      readonly breakGlass?: string;
      /** Signature, in hex, of a yes that came as a code: whoever has the plan can verify it. */
      readonly signature?: string;
    }
  /** Not enough people answered in time: from here on somebody of this role may say yes, too. */
  | { readonly type: 'step.escalated'; readonly step: string; readonly hash: string; readonly role: string }
  /** The whole input that takes the place of the plan's own `with`. */
  | { readonly type: 'step.edited'; readonly step: string; readonly with: JsonObject; readonly reason: string }
  | { readonly type: 'step.rejected'; readonly step: string; readonly hash: string; readonly reason: string }
  | {
      readonly type: 'step.decided';
      readonly step: string;
      readonly decision: Decision;
      readonly reason: string;
      /** Again, although what is broken cannot be backed up any more. */
      readonly withoutSafetyPoint?: true;
    }
  | { readonly type: 'step.confirmed'; readonly step: string; readonly reason?: string }
  | { readonly type: 'step.denied'; readonly step: string; readonly reason: string }
  /** It was not confirmed, and from here on it is only taken back. */
  | { readonly type: 'step.taking_back'; readonly step: string; readonly why: string }
  | {
      readonly type: 'step.started';
      readonly step: string;
      readonly attempt: number;
      readonly action: string;
      readonly danger: Danger;
      readonly input: Json;
      readonly grounds?: readonly Ground[];
    }
  | {
      readonly type: 'step.answered';
      readonly step: string;
      readonly outcome: 'done' | 'failed';
      readonly answer: string;
      /** It counts although the machine that looks does not see it. */
      readonly despiteLook?: true;
      /** Why somebody answers who is not of the role that is asked. */
      readonly breakGlass?: string;
    }
  /** What a step with for_each is carried out for. A second time: what failed is tried again, with the same items. */
  | { readonly type: 'step.items'; readonly step: string; readonly items: readonly Json[] }
  /** What a step looks for in the world again and again, and what it saw; without `seen` before its first look. */
  | {
      readonly type: 'step.looked';
      readonly step: string;
      readonly looksFor: string;
      readonly until?: string;
      readonly seen?: string;
      /** Somebody had said that it is done, and it is not. */
      readonly refuted?: true;
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
      /** Who began the run: his own yes does not count. Absent in runs of older builds, where every yes counts. */
      readonly notBy?: string;
      /** Who has taken the run up since: his own yes does not count either. Absent in runs of older builds, where it does. */
      readonly drivers?: readonly string[];
      /** Who may say yes, too, and from when on. */
      readonly escalate?: readonly { readonly role: string; readonly at: string }[];
      /** What it will touch, as far as its input says so: `region eu-west-1`. */
      readonly where?: readonly string[];
    }
  | { readonly kind: 'decision'; readonly why: ErrorRecord }
  | {
      readonly kind: 'confirmation';
      readonly role: string;
      readonly count: number;
      /** Then it is taken back. Of several askings the first one counts. */
      readonly until: string;
      readonly proofs: readonly Proof[];
    }
  | { readonly kind: 'task'; readonly instruction: string; readonly doneWhen?: string; readonly role?: string };

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
