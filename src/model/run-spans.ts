import { sha256Hex } from './journal-chain.ts';
import type { JournalEvent } from './run.ts';
import { foldRun, type RunState } from './run-state.ts';

/** One piece of a run for a tracing system. Never what a step was given or put out, nor what people wrote. */
export interface RunSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/**
 * The pieces of a run that are over: the run itself, its steps, each try, each wait for people, and what was taken back. All ids follow
 * from the run, so that whoever takes it up goes on in the same trace.
 */
export function runSpans(events: readonly JournalEvent[]): readonly RunSpan[] {
  const state = foldRun(events);
  const seen = events.reduce(takeIn, { spans: [], steps: new Map(), open: new Map(), undoing: new Map() } as Seen);
  const { origin, id } = state;
  const about = {
    'lifeboat.run': id,
    'lifeboat.scenario': origin.scenario,
    'lifeboat.environment': origin.environment,
  };
  const traceId = sha256Hex(id).slice(0, 32);
  return [...seen.spans, ...waits(state), ...stepsLeft(seen, state), ...whole(state)].map(
    ({ key, parent, attributes, ...span }) => ({
      traceId,
      spanId: idOf(id, key),
      ...(parent === undefined ? {} : { parentSpanId: idOf(id, parent) }),
      ...span,
      attributes: { ...about, ...attributes },
    }),
  );
}

/** What ended since an earlier process paused the run and sent the rest. One that was killed sent nothing, so that is made up for. */
export function spansToSend(events: readonly JournalEvent[]): readonly RunSpan[] {
  const before = events.slice(0, -1).findLastIndex(({ type }) => type === 'run.paused') + 1;
  const sent = new Set(before === 0 ? [] : runSpans(events.slice(0, before)).map(({ spanId }) => spanId));
  return runSpans(events).filter(({ spanId }) => !sent.has(spanId));
}

const idOf = (run: string, key: string): string => sha256Hex(`${run} ${key}`).slice(0, 16);

/** A span by a name within its run. */
interface Piece extends Omit<RunSpan, 'traceId' | 'spanId' | 'parentSpanId'> {
  readonly key: string;
  readonly parent?: string;
}

type Started = JournalEvent & { type: 'step.started' };

interface Seen {
  readonly spans: readonly Piece[];
  /** When each step began that is not over. */
  readonly steps: ReadonlyMap<string, string>;
  /** The try of each step that is under way. */
  readonly open: ReadonlyMap<string, Started>;
  readonly undoing: ReadonlyMap<string, string>;
}

function takeIn(seen: Seen, event: JournalEvent): Seen {
  switch (event.type) {
    case 'run.claimed':
      return {
        ...seen,
        spans: [...seen.spans, ...[...seen.open.values()].map((one) => attempt(one, event, 'cut off'))],
        open: new Map(),
      };
    case 'step.waiting':
      return begun(seen, event);
    case 'step.started':
      return { ...begun(seen, event), open: new Map(seen.open).set(event.step, event) };
    case 'step.retrying':
    case 'step.failed':
      return tried(seen, event, 'failed');
    case 'step.succeeded':
      return settled(tried(seen, event, 'succeeded'), event, event.how === 'ran' ? 'succeeded' : event.how);
    case 'step.skipped':
      return settled(tried(seen, event, 'skipped'), event, 'skipped');
    case 'step.undoing':
      return { ...seen, undoing: new Map(seen.undoing).set(event.step, event.at) };
    case 'step.undone':
      return undone(seen, event);
    default:
      return seen;
  }
}

const begun = (seen: Seen, { step, at }: JournalEvent & { step: string }): Seen =>
  seen.steps.has(step) ? seen : { ...seen, steps: new Map(seen.steps).set(step, at) };

type OfStep = JournalEvent & { readonly step: string };

function tried(seen: Seen, event: OfStep, outcome: string): Seen {
  const started = seen.open.get(event.step);
  if (!started) return seen;
  const open = new Map(seen.open);
  open.delete(event.step);
  return { ...seen, open, spans: [...seen.spans, attempt(started, event, outcome)] };
}

const attempt = (
  { step, attempt: number, action, danger, at }: Started,
  end: JournalEvent,
  outcome: string,
): Piece => ({
  key: `attempt ${step} ${number}`,
  parent: `step ${step}`,
  name: `try ${number} of ${step}`,
  from: at,
  to: end.at,
  isError: outcome === 'failed' || outcome === 'cut off',
  attributes: {
    'lifeboat.step': step,
    'lifeboat.action': action,
    'lifeboat.danger': danger,
    'lifeboat.attempt': number,
    'lifeboat.outcome': outcome,
    ...('error' in end ? { 'lifeboat.error_code': end.error.code } : {}),
  },
});

function settled(seen: Seen, { step, at }: OfStep, outcome: string): Seen {
  const steps = new Map(seen.steps);
  const from = steps.get(step) ?? at;
  steps.delete(step);
  const piece = stepPiece(step, { from, to: at, outcome, isError: false });
  return { ...seen, steps, spans: [...seen.spans, piece] };
}

interface StepEnd {
  readonly from: string;
  readonly to: string;
  readonly outcome: string;
  readonly isError: boolean;
}

const stepPiece = (step: string, { outcome, ...when }: StepEnd): Piece => ({
  key: `step ${step}`,
  parent: 'run',
  name: step,
  ...when,
  attributes: { 'lifeboat.step': step, 'lifeboat.outcome': outcome },
});

function undone(seen: Seen, { step, at, impossible }: JournalEvent & { type: 'step.undone' }): Seen {
  const piece: Piece = {
    key: `undo ${step}`,
    parent: 'run',
    name: `take back ${step}`,
    from: seen.undoing.get(step) ?? at,
    to: at,
    isError: impossible !== undefined,
    attributes: {
      'lifeboat.step': step,
      'lifeboat.outcome': impossible === undefined ? 'taken back' : 'cannot be taken back',
    },
  };
  return { ...seen, spans: [...seen.spans, piece] };
}

/** A step that failed may still be tried again, until the run is over. */
function stepsLeft({ steps }: Seen, state: RunState): readonly Piece[] {
  const { endedAt } = state;
  if (endedAt === undefined) return [];
  return [...steps].map(([step, from]) => {
    const progress = state.steps.get(step)?.progress;
    const failed = progress?.status === 'failed' ? progress : undefined;
    const piece = stepPiece(step, {
      from,
      to: failed?.finishedAt ?? endedAt,
      outcome: failed ? 'failed' : 'not through',
      isError: true,
    });
    return failed ? { ...piece, attributes: { ...piece.attributes, 'lifeboat.error_code': failed.error.code } } : piece;
  });
}

const waits = (state: RunState): readonly Piece[] =>
  state.waits.flatMap(({ step, from, to, waitsFor, role }, index) =>
    to === undefined
      ? []
      : [
          {
            key: `wait ${step} ${index}`,
            parent: `step ${step}`,
            name: `wait for people at ${step}`,
            from,
            to,
            isError: false,
            attributes: {
              'lifeboat.step': step,
              'lifeboat.waits_for': waitsFor,
              ...(role === undefined ? {} : { 'lifeboat.role': role }),
            },
          },
        ],
  );

function whole({ createdAt, endedAt, status, error, origin }: RunState): readonly Piece[] {
  if (endedAt === undefined) return [];
  const attributes = { 'lifeboat.outcome': status, ...(error ? { 'lifeboat.error_code': error.code } : {}) };
  const name = `recover ${origin.scenario}`;
  return [{ key: 'run', name, from: createdAt, to: endedAt, isError: status !== 'succeeded', attributes }];
}
