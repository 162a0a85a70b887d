import type { Json } from '../lib/json.ts';
import type { ErrorRecord } from './errors.ts';
import type {
  Danger,
  Decision,
  JournalEvent,
  Obligation,
  Owner,
  Proof,
  RunOrigin,
  RunStatus,
  WaitsFor,
} from './run.ts';

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
  readonly action?: string;
  readonly danger?: Danger;
  readonly input?: Json;
  readonly output?: Json;
  readonly notes: readonly Json[];
  readonly approvals: readonly {
    readonly by: string;
    readonly at: string;
    readonly hash: string;
    readonly reason?: string;
  }[];
  readonly rejection?: { readonly by: string; readonly hash: string; readonly reason: string };
  readonly decision?: { readonly decision: Decision; readonly by: string; readonly reason: string };
  /** What somebody said about its task. */
  readonly answer?: {
    readonly outcome: 'done' | 'failed';
    readonly answer: string;
    readonly by: string;
    readonly at: string;
  };
  /** It holds the run until then, however often the run is interrupted. */
  readonly heldUntil?: string;
}

export interface OpenedObligation extends Obligation {
  readonly step: string;
  readonly openedAt: string;
  readonly settledAt?: string;
}

/** Time in which the run waited for a person. `to` is absent while it still waits. */
export type HumanWait = { readonly step: string; readonly from: string; readonly to?: string };

export interface RunState {
  readonly id: string;
  readonly origin: RunOrigin;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly epoch: number;
  readonly owner?: Owner;
  readonly lastSeq: number;
  readonly steps: ReadonlyMap<string, StepState>;
  readonly obligations: readonly OpenedObligation[];
  readonly waits: readonly HumanWait[];
  readonly impactAt: string;
  /** How the moment of impact is known: said at the start, found by a step, or assumed. */
  readonly impactSource: string;
  readonly firstActionAt?: string;
  readonly healthyAt?: string;
  readonly endedAt?: string;
  readonly error?: ErrorRecord;
}

/** The state of a run: nothing but its events, read in order. Throws a RangeError for an empty list. */
export function foldRun(events: readonly JournalEvent[]): RunState {
  const [first, ...rest] = events;
  if (first?.type !== 'run.created') throw new RangeError('a run begins with run.created');
  return rest.reduce(applyEvent, initialState(first));
}

function initialState(event: JournalEvent & { type: 'run.created' }): RunState {
  const { run, at, by, seq, prev: _prev, type: _type, ...origin } = event;
  return {
    id: run,
    origin,
    status: 'running',
    createdAt: at,
    createdBy: by,
    epoch: 0,
    lastSeq: seq,
    steps: new Map(),
    obligations: [],
    waits: [],
    impactAt: origin.impactAt ?? at,
    impactSource: origin.impactAt === undefined ? 'assumed: the start of the run' : 'said at the start',
  };
}

/** One event further. Exported for those who follow a run live. */
export function applyEvent(state: RunState, event: JournalEvent): RunState {
  const next = { ...state, lastSeq: event.seq };
  switch (event.type) {
    case 'run.created':
      return next;
    case 'run.claimed':
      return { ...next, status: over(state) ? state.status : 'running', epoch: event.epoch, owner: event.owner };
    case 'run.paused':
      return { ...next, status: 'paused' };
    case 'run.impact':
      return { ...next, impactAt: event.impactAt, impactSource: event.source };
    case 'run.healthy':
      return { ...next, healthyAt: event.at };
    case 'run.succeeded':
      return { ...next, status: 'succeeded', endedAt: event.at };
    case 'run.failed':
      return { ...next, status: 'failed', endedAt: event.at, error: event.error, waits: endWaits(state, event.at) };
    case 'run.canceled':
      return { ...next, status: 'canceled', endedAt: event.at, waits: endWaits(state, event.at) };
    case 'obligation.opened':
      return { ...next, obligations: openObligation(state, event) };
    case 'obligation.settled':
      return { ...next, obligations: settleObligation(state, event.id, event.at) };
    default:
      return applyStepEvent(next, event);
  }
}

type StepEvent = Extract<JournalEvent, { type: `step.${string}` }>;

function applyStepEvent(state: RunState, event: StepEvent): RunState {
  const before = state.steps.get(event.step) ?? {
    id: event.step,
    progress: { status: 'queued' },
    attempts: 0,
    retries: 0,
    notes: [],
    approvals: [],
  };
  const after = nextStep(before, event);
  const steps = new Map(state.steps).set(event.step, after);
  const firstActionAt = state.firstActionAt ?? (event.type === 'step.started' ? event.at : undefined);
  return {
    ...state,
    steps,
    waits: nextWaits(state, after, event),
    // A word from a person does not set a paused run going again: only a process that takes it up does.
    status:
      over(state) || state.status === 'paused'
        ? state.status
        : [...steps.values()].some((step) => step.progress.status === 'waiting')
          ? 'waiting'
          : 'running',
    ...(firstActionAt === undefined ? {} : { firstActionAt }),
  };
}

function nextStep(step: StepState, event: StepEvent): StepState {
  switch (event.type) {
    case 'step.waiting':
      return { ...step, progress: { status: 'waiting', waitsFor: event.waitsFor, since: event.at } };
    case 'step.approved':
    case 'step.rejected':
    case 'step.decided':
    case 'step.answered':
      return withWord(step, event);
    case 'step.holds':
      return { ...step, heldUntil: step.heldUntil ?? event.until };
    case 'step.started': {
      const { decision: _used, ...kept } = step;
      const { action, danger, input } = event;
      return {
        ...kept,
        action,
        danger,
        input,
        progress: { status: 'running', since: event.at },
        attempts: event.attempt,
        startedAt: step.startedAt ?? event.at,
      };
    }
    case 'step.noted':
      return { ...step, notes: [...step.notes, event.note] };
    case 'step.retrying':
      return {
        ...step,
        retries: step.retries + 1,
        progress: { status: 'retrying', notBefore: event.notBefore, error: event.error },
      };
    case 'step.succeeded':
      return {
        ...step,
        output: event.output,
        progress: {
          status: 'succeeded',
          how: event.how,
          output: event.output,
          proofs: event.proofs,
          finishedAt: event.at,
        },
      };
    case 'step.failed': {
      const { decision: _decided, answer: _answered, ...kept } = step;
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

type Word = Extract<StepEvent, { type: 'step.approved' | 'step.rejected' | 'step.decided' | 'step.answered' }>;

/** What a person said about a step, from whatever terminal. */
function withWord(step: StepState, event: Word): StepState {
  switch (event.type) {
    case 'step.approved': {
      const { by, at, hash, reason } = event;
      return { ...step, approvals: [...step.approvals, { by, at, hash, ...(reason ? { reason } : {}) }] };
    }
    case 'step.rejected':
      return { ...step, rejection: { by: event.by, hash: event.hash, reason: event.reason } };
    case 'step.decided':
      return withDecision(step, event);
    case 'step.answered':
      return answered(step, event);
  }
}

/** The first word counts; a word that nobody asked for does not. */
function answered(step: StepState, { outcome, answer, by, at }: StepEvent & { type: 'step.answered' }): StepState {
  const { progress } = step;
  // A process that takes the run up asks again, and a word may come in just before it does.
  const isAsked = progress.status === 'running' || (progress.status === 'waiting' && progress.waitsFor.kind === 'task');
  return isAsked && !step.answer ? { ...step, answer: { outcome, answer, by, at } } : step;
}

/** A person who says "again" takes back an earlier no as well. */
function withDecision(step: StepState, { decision, by, reason }: StepEvent & { type: 'step.decided' }): StepState {
  const { rejection, ...rest } = step;
  const retries = decision === 'retry' ? 0 : step.retries;
  return {
    ...rest,
    retries,
    ...(rejection && decision !== 'retry' ? { rejection } : {}),
    decision: { decision, by, reason },
  };
}

const over = (state: RunState): boolean => state.endedAt !== undefined;

/** A wait begins when a step waits for a person and ends with the next thing that happens to that step and is not another person's word still missing. */
function nextWaits(state: RunState, step: StepState, event: StepEvent): readonly HumanWait[] {
  if (event.type === 'step.waiting')
    return state.waits.some((wait) => wait.step === step.id && wait.to === undefined)
      ? state.waits
      : [...state.waits, { step: step.id, from: event.at }];
  const still = step.progress.status === 'waiting' && event.type === 'step.approved' && approvalsMissing(step) > 0;
  if (still) return state.waits;
  return state.waits.map((wait) => (wait.step === step.id && wait.to === undefined ? { ...wait, to: event.at } : wait));
}

/** How many more people must approve before this step may run. */
export function approvalsMissing(step: StepState): number {
  if (step.progress.status !== 'waiting' || step.progress.waitsFor.kind !== 'approval') return 0;
  const { count, hash } = step.progress.waitsFor;
  return Math.max(0, count - new Set(step.approvals.filter((a) => a.hash === hash).map((a) => a.by)).size);
}

const endWaits = (state: RunState, at: string): readonly HumanWait[] =>
  state.waits.map((wait) => (wait.to === undefined ? { ...wait, to: at } : wait));

function openObligation(
  state: RunState,
  event: JournalEvent & { type: 'obligation.opened' },
): readonly OpenedObligation[] {
  if (state.obligations.some((known) => known.id === event.obligation.id && known.settledAt === undefined))
    return state.obligations;
  return [...state.obligations, { ...event.obligation, step: event.step, openedAt: event.at }];
}

const settleObligation = (state: RunState, id: string, at: string): readonly OpenedObligation[] =>
  state.obligations.map((known) =>
    known.id === id && known.settledAt === undefined ? { ...known, settledAt: at } : known,
  );

export const openObligations = (state: RunState): readonly OpenedObligation[] =>
  state.obligations.filter((known) => known.settledAt === undefined);

/** What a run measured, in seconds. Human waiting is part of the RTO and told apart. */
export interface Measurement {
  /** From impact to healthy; absent while the service is not healthy again. */
  readonly rtoSeconds?: number;
  readonly humanWaitSeconds: number;
}

export function measure(state: RunState): Measurement {
  const impact = Date.parse(state.impactAt);
  const end = state.healthyAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(state.healthyAt);
  const humanWaitSeconds = unionLength(
    state.waits.map((wait) => [
      Math.max(impact, Date.parse(wait.from)),
      Math.min(end, wait.to === undefined ? Date.parse(wait.from) : Date.parse(wait.to)),
    ]),
  );
  return {
    humanWaitSeconds: humanWaitSeconds / 1000,
    ...(state.healthyAt === undefined ? {} : { rtoSeconds: (end - impact) / 1000 }),
  };
}

/** Total length covered by intervals that may overlap. */
function unionLength(intervals: readonly (readonly [number, number])[]): number {
  let covered = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    if (to <= reached) continue;
    covered += Math.max(0, to - Math.max(from, reached));
    reached = to;
  }
  return covered;
}
