import type { Json, JsonObject } from '../lib/json.ts';
import { withEntry } from '../lib/versioned-map.ts';
import { adopt } from './adopted-run.ts';
import { type Approval, missingApprovals } from './approvals.ts';
import { type Confirmation, confirmationOf, confirmationsMissing } from './confirmation.ts';
import { withDetection } from './detection.ts';
import type { ErrorRecord } from './errors.ts';
import { endWaits, type HumanWait, nextWaits } from './human-waits.ts';
import { type Looked, withLook } from './looked.ts';
import { type OpenedObligation, openObligation, settleObligation } from './obligations.ts';
import type {
  Adoption,
  Danger,
  Decision,
  Ground,
  JournalEvent,
  Owner,
  Proof,
  RunOrigin,
  RunStatus,
  WaitsFor,
} from './run.ts';
import { begunForItems, type ItemLists, withItems } from './step-items.ts';
import { withWord } from './step-words.ts';

export type { HumanWait } from './human-waits.ts';
export { measure } from './measure.ts';
export { type OpenedObligation, openObligations } from './obligations.ts';

/** Where a step stands. Fields that only make sense in one state exist only there. */
export type StepProgress =
  | { readonly status: 'queued' }
  | { readonly status: 'waiting'; readonly waitsFor: WaitsFor; readonly since: string }
  | { readonly status: 'running'; readonly since: string }
  | { readonly status: 'retrying'; readonly notBefore: string; readonly error: ErrorRecord }
  | {
      readonly status: 'succeeded';
      readonly how: 'ran' | 'observed' | 'decided';
      readonly output: Json;
      readonly proofs: readonly Proof[];
      readonly finishedAt: string;
    }
  | {
      readonly status: 'failed';
      readonly error: ErrorRecord;
      readonly proofs: readonly Proof[];
      readonly finishedAt: string;
    }
  | { readonly status: 'skipped'; readonly why: string; readonly finishedAt: string }
  | { readonly status: 'undoing' }
  | { readonly status: 'undone'; readonly impossible?: string; readonly finishedAt: string };

export interface StepState {
  readonly id: string;
  readonly progress: StepProgress;
  /** Tries begun so far. A step with attempts > 0 may have had its effect, whatever its progress says. */
  readonly attempts: number;
  /** Further tries granted since the step began or a person last said "retry". */
  readonly retries: number;
  readonly startedAt?: string;
  /** When the attempt began of which nothing has been heard since. */
  readonly attemptAt?: string;
  /** The event with which its newest try began. */
  readonly startedSeq?: number;
  readonly action?: string;
  readonly danger?: Danger;
  readonly input?: Json;
  readonly output?: Json;
  readonly notes: readonly Json[];
  readonly approvals: readonly Approval[];
  /** When exactly this was first asked for; a process that takes the run up asks again, and the time goes on. */
  readonly asked?: { readonly hash: string; readonly at: string };
  /** Roles that may say yes, too, because nobody answered in time. */
  readonly escalated?: { readonly hash: string; readonly roles: readonly string[] };
  /** The input that takes the place of the plan's. */
  readonly edited?: {
    readonly with: JsonObject;
    readonly by: string;
    readonly at: string;
    readonly reason: string;
    readonly seq: number;
  };
  readonly rejection?: { readonly by: string; readonly hash: string; readonly reason: string };
  readonly decision?: {
    readonly decision: Decision;
    readonly by: string;
    readonly reason: string;
    readonly withoutSafetyPoint?: true;
  };
  /** What it rested on when it last began to act. */
  readonly grounds?: readonly Ground[];
  /** Of what it has done now; gone when it acts again or has failed. */
  readonly confirmation?: Confirmation;
  /** What somebody said about its task. */
  readonly answer?: {
    readonly outcome: 'done' | 'failed';
    readonly answer: string;
    readonly by: string;
    readonly at: string;
    readonly breakGlass?: string;
    readonly despiteLook?: true;
  };
  /** What it looks for, and last saw. Gone when the try it belongs to has ended badly. */
  readonly looked?: Looked;
  /** It holds the run until then, however often the run is interrupted. */
  readonly heldUntil?: string;
}

export interface RunState {
  readonly id: string;
  readonly origin: RunOrigin;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Who else has driven it, on whatever machine. */
  readonly drivers: readonly string[];
  readonly epoch: number;
  readonly owner?: Owner;
  /** The newest take-over from another machine. */
  readonly adopted?: Adoption;
  /** The newest take-over from an owner who may have done more than the copy of the log knows. */
  readonly blindSince?: number;
  readonly lastSeq: number;
  readonly steps: ReadonlyMap<string, StepState>;
  /** How many of them wait for a person. */
  readonly waitingSteps: number;
  /** Of each step with for_each that has begun, what it is carried out for. */
  readonly items: ItemLists;
  readonly obligations: readonly OpenedObligation[];
  readonly waits: readonly HumanWait[];
  readonly impactAt: string;
  /** How the moment of impact is known: said at the start, found by a step, or assumed. */
  readonly impactSource: string;
  readonly firstActionAt?: string;
  /** Absent while nobody has said it and no step has found it. */
  readonly detectedAt?: string;
  readonly detectedSource?: string;
  readonly healthyAt?: string;
  readonly endedAt?: string;
  readonly error?: ErrorRecord;
  /** Why the run itself may not go on while it is paused. */
  readonly heldBack?: ErrorRecord;
  /** Until when it may take, by the word of a person who extended it. */
  readonly extendedUntil?: string;
}

/** The state of a run: nothing but its events, read in order. Throws a RangeError for an empty list. */
export function foldRun(events: readonly JournalEvent[]): RunState {
  const [first, ...rest] = events;
  if (first?.type !== 'run.created') throw new RangeError('a run begins with run.created');
  return rest.reduce(applyEvent, initialState(first));
}

function initialState(event: JournalEvent & { type: 'run.created' }): RunState {
  const { run, at, by, seq, prev: _prev, type: _type, ...origin } = event;
  const { impactAt, detectedAt } = origin;
  const state: RunState = {
    id: run,
    origin,
    status: 'running',
    createdAt: at,
    createdBy: by,
    drivers: [],
    epoch: 0,
    lastSeq: seq,
    steps: new Map(),
    waitingSteps: 0,
    items: new Map(),
    obligations: [],
    waits: [],
    impactAt: impactAt ?? at,
    impactSource: impactAt === undefined ? 'assumed: the start of the run' : 'said at the start',
  };
  return detectedAt === undefined ? state : withDetection(state, detectedAt, 'said at the start');
}

/** One event further. Exported for those who follow a run live. */
export function applyEvent(state: RunState, event: JournalEvent): RunState {
  const next = { ...state, lastSeq: event.seq };
  switch (event.type) {
    case 'run.created':
      return next;
    case 'run.claimed': {
      const { heldBack: _was, ...rest } = next;
      const drivers = withDriver(state, event.by);
      return {
        ...rest,
        drivers,
        status: over(state) ? state.status : 'running',
        epoch: event.epoch,
        owner: event.owner,
      };
    }
    case 'run.adopted':
      return { ...adopt(next, event), drivers: withDriver(state, event.by) };
    case 'run.copy_lags':
      return next;
    case 'run.paused':
      return { ...next, status: 'paused', ...(event.error ? { heldBack: event.error } : {}) };
    case 'run.extended':
      return { ...next, extendedUntil: event.until };
    case 'step.items':
      return withItems(applyStepEvent(next, event), event);
    case 'run.impact':
      return { ...next, impactAt: event.impactAt, impactSource: event.source };
    case 'run.detected':
      return withDetection(next, event.detectedAt, event.source);
    case 'run.healthy':
      return { ...next, healthyAt: event.since ?? event.at };
    case 'run.succeeded':
      return { ...next, status: 'succeeded', endedAt: event.at };
    case 'run.failed':
      return {
        ...next,
        status: 'failed',
        endedAt: event.at,
        error: event.error,
        waits: endWaits(state.waits, event.at),
      };
    case 'run.canceled':
      return { ...next, status: 'canceled', endedAt: event.at, waits: endWaits(state.waits, event.at) };
    case 'obligation.opened':
      return { ...next, obligations: openObligation(state, event) };
    case 'obligation.settled':
      return { ...next, obligations: settleObligation(state, event.id, event.at) };
    default:
      return applyStepEvent(next, event);
  }
}

type StepEvent = Extract<JournalEvent, { type: `step.${string}` }>;

const withDriver = ({ createdBy, drivers }: RunState, by: string): readonly string[] =>
  by === createdBy || drivers.includes(by) ? drivers : [...drivers, by];

function applyStepEvent(state: RunState, event: StepEvent): RunState {
  const before = state.steps.get(event.step) ?? {
    id: event.step,
    progress: { status: 'queued' },
    attempts: 0,
    retries: 0,
    notes: [],
    approvals: [],
  };
  const after = nextStep(before, event, state);
  const waitingSteps = state.waitingSteps + waitingIn(after) - waitingIn(before);
  const firstActionAt = state.firstActionAt ?? (event.type === 'step.started' ? event.at : undefined);
  return {
    ...state,
    steps: withEntry(state.steps, event.step, after),
    waitingSteps,
    waits:
      isWaiting(before) || isWaiting(after)
        ? nextWaits(state.waits, event, isStillAsked(after, event, state.origin))
        : state.waits,
    // A word from a person does not set a paused run going again: only a process that takes it up does.
    status: over(state) || state.status === 'paused' ? state.status : waitingSteps > 0 ? 'waiting' : 'running',
    ...(firstActionAt === undefined ? {} : { firstActionAt }),
  };
}

const isWaiting = ({ progress }: StepState): boolean => progress.status === 'waiting';
const waitingIn = (step: StepState): number => (isWaiting(step) ? 1 : 0);

function nextStep(step: StepState, event: StepEvent, state: RunState): StepState {
  switch (event.type) {
    case 'step.waiting':
    case 'step.confirmed':
    case 'step.denied':
    case 'step.taking_back':
      return withQuestion(step, event);
    case 'step.escalated':
    case 'step.edited':
    case 'step.approved':
    case 'step.rejected':
    case 'step.decided':
    case 'step.answered':
      return withWord(step, event, state);
    case 'step.looked':
      return withLook(step, event);
    case 'step.holds':
      return { ...step, heldUntil: step.heldUntil ?? event.until };
    case 'step.started':
      return started(step, event);
    case 'step.items':
      return begunForItems(step, event.at);
    case 'step.noted':
      return { ...step, notes: [...step.notes, event.note] };
    case 'step.retrying':
      return {
        ...withoutLook(withoutAttempt(step)),
        retries: step.retries + 1,
        progress: { status: 'retrying', notBefore: event.notBefore, error: event.error },
      };
    case 'step.succeeded': {
      const { how, output, proofs, at: finishedAt } = event;
      return { ...step, output, progress: { status: 'succeeded', how, output, proofs, finishedAt } };
    }
    case 'step.failed': {
      const {
        decision: _decided,
        answer: _answered,
        confirmation: _void,
        asked: _asked,
        escalated: _also,
        ...kept
      } = withoutLook(withoutAttempt(step));
      return {
        ...kept,
        progress: { status: 'failed', error: event.error, proofs: event.proofs ?? [], finishedAt: event.at },
      };
    }
    case 'step.skipped':
      return { ...step, progress: { status: 'skipped', why: event.why, finishedAt: event.at } };
    case 'step.undoing':
      return { ...step, progress: { status: 'undoing' } };
    case 'step.undone':
      return {
        ...step,
        progress: {
          status: 'undone',
          finishedAt: event.at,
          ...(event.impossible ? { impossible: event.impossible } : {}),
        },
      };
  }
}

function started(step: StepState, event: StepEvent & { type: 'step.started' }): StepState {
  const { decision: _used, confirmation: _void, grounds: _before, ...kept } = step;
  const { action, danger, input, grounds } = event;
  return {
    ...kept,
    ...(grounds === undefined ? {} : { grounds }),
    action,
    danger,
    input,
    progress: { status: 'running', since: event.at },
    attempts: event.attempt,
    startedAt: step.startedAt ?? event.at,
    attemptAt: event.at,
    startedSeq: event.seq,
  };
}

type Question = Extract<StepEvent, { type: 'step.waiting' | 'step.confirmed' | 'step.denied' | 'step.taking_back' }>;

function withQuestion(step: StepState, event: Question): StepState {
  const next = { ...step, ...confirmationOf(step.confirmation, event) };
  if (event.type === 'step.waiting') return waiting(next, event);
  return event.type === 'step.taking_back' ? { ...next, progress: { status: 'running', since: event.at } } : next;
}

/** What is heard of an attempt ends it: another one has the whole of its time again. */
function withoutAttempt(step: StepState): StepState {
  const { attemptAt: _over, ...rest } = step;
  return rest;
}

/** Another try looks anew, for as long as the first one. */
function withoutLook(step: StepState): StepState {
  const { looked: _over, ...rest } = step;
  return rest;
}

/** The clock of a question goes on when another process asks it again. */
function waiting(step: StepState, { waitsFor, at }: StepEvent & { type: 'step.waiting' }): StepState {
  const progress = { status: 'waiting', waitsFor, since: at } as const;
  if (waitsFor.kind !== 'approval') return { ...step, progress };
  return { ...step, progress, asked: step.asked?.hash === waitsFor.hash ? step.asked : { hash: waitsFor.hash, at } };
}

const over = (state: RunState): boolean => state.endedAt !== undefined;

function isStillAsked(step: StepState, { type }: StepEvent, origin: RunOrigin): boolean {
  if (step.progress.status !== 'waiting') return false;
  if (type === 'step.looked') return true;
  const isWord = type === 'step.approved' || type === 'step.escalated' || type === 'step.edited';
  if (isWord) return isOpenDecision(step) || approvalsMissing(step, origin) > 0;
  return type === 'step.confirmed' && step.confirmation !== undefined && confirmationsMissing(step.confirmation) > 0;
}

/** How many more people must approve before this step may run. */
export function approvalsMissing(step: StepState, origin: RunOrigin): number {
  if (step.progress.status !== 'waiting' || step.progress.waitsFor.kind !== 'approval') return 0;
  return missingApprovals(step.progress.waitsFor, [step], origin);
}

const isOpenDecision = ({ progress }: StepState): boolean =>
  progress.status === 'waiting' && progress.waitsFor.kind === 'decision';
