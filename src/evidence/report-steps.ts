import { isJsonObject, type Json } from '../lib/json.ts';
import type { ErrorRecord } from '../model/errors.ts';
import { groundLines } from '../model/ground-words.ts';
import { parseSpan } from '../model/plan.ts';
import type { Danger, JournalEvent, Preview, Proof } from '../model/run.ts';
import type { RunState, StepState } from '../model/run-state.ts';
import { label, plain } from './plain-text.ts';

/** One step of the report. `not reached` is a step of the plan that the run never came to. */
export interface StepReport {
  readonly id: string;
  readonly title?: string;
  readonly action?: string;
  readonly danger?: Danger;
  readonly status: StepState['progress']['status'] | 'not reached';
  /** How a succeeded step is known to be done. */
  readonly how?: 'ran' | 'observed' | 'decided';
  readonly startedAt?: string;
  readonly seconds?: number;
  readonly expectedSeconds?: number;
  readonly attempts: number;
  readonly approvals: readonly ApprovalReport[];
  /** What it rested on when it began to act, in words. */
  readonly grounds: readonly string[];
  /** What people said of the world after it. */
  readonly confirmations: readonly { readonly by: string; readonly at: string; readonly text: string }[];
  readonly rejection?: { readonly by: string; readonly reason: string };
  /** The input that somebody gave it, beside the plan's own. */
  readonly edit?: {
    readonly by: string;
    readonly at: string;
    readonly reason: string;
    readonly changed: readonly { readonly key: string; readonly plan: string; readonly edited: string }[];
  };
  /** Why somebody answered its task who was not asked. */
  readonly answeredDespite?: { readonly by: string; readonly reason: string };
  readonly decisions: readonly {
    readonly by: string;
    readonly at: string;
    readonly what: string;
    readonly reason: string;
  }[];
  readonly proofs: readonly Proof[];
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
  readonly error?: ErrorRecord;
  /** Why it was skipped, or cannot be taken back. */
  readonly note?: string;
}

/** Who said yes, and to what exactly. */
export interface ApprovalReport {
  readonly by: string;
  readonly at: string;
  readonly reason?: string;
  /** Why it was done without the people who would have had to say yes. */
  readonly breakGlass?: string;
  readonly signature?: string;
  /** It did not count: the signature is not that of this person. */
  readonly forged?: true;
  /** It did not count: he drove the run himself when he said it. */
  readonly byDriver?: true;
  /** What would change, as it was shown to whoever approved; absent when that showing is not in the journal. */
  readonly shown?: Preview;
}

/** The steps in the order of the plan, then those that only the journal knows. */
export function stepReports(
  state: RunState,
  events: readonly JournalEvent[],
  planned: readonly Json[],
): readonly StepReport[] {
  const plan = new Map(planned.filter(isJsonObject).map((step) => [String(step.id), step]));
  const own = eventsByStep(events);
  const ids = new Set([...plan.keys(), ...state.steps.keys()]);
  return [...ids].map((id) => {
    const step = plan.get(id);
    const about = {
      id,
      ...optional('title', textOf(step?.title)),
      ...optional('action', state.steps.get(id)?.action ?? textOf(step?.uses)),
      ...optional('expectedSeconds', secondsOf(step?.expect)),
    };
    const known = state.steps.get(id);
    if (known === undefined) return { ...about, ...NOT_REACHED };
    return { ...about, ...told(known, own.get(id) ?? []), ...optional('edit', editReport(known, step?.with)) };
  });
}

/** Looked for once: a report of many steps would otherwise read all events again for each of them. */
const eventsByStep = (events: readonly JournalEvent[]): ReadonlyMap<string, readonly StepEvent[]> =>
  Map.groupBy(
    events.filter((event): event is StepEvent => 'step' in event),
    ({ step }) => step,
  );

type StepEvent = Extract<JournalEvent, { readonly step: string }>;

const NOT_REACHED = {
  status: 'not reached',
  attempts: 0,
  approvals: [],
  grounds: [],
  confirmations: [],
  decisions: [],
  proofs: [],
  outputs: [],
} as const;

function told(step: StepState, events: readonly StepEvent[]): Omit<StepReport, 'id'> {
  const { progress, startedAt } = step;
  const finishedAt = 'finishedAt' in progress ? progress.finishedAt : undefined;
  return {
    status: progress.status,
    attempts: step.attempts,
    approvals: step.approvals.map((approval) => approvalReport(approval, events)),
    grounds: groundsOf(step, events),
    confirmations: events.flatMap(confirmed),
    decisions: events.flatMap((event) => (event.type === 'step.decided' ? [decided(event)] : [])),
    proofs: 'proofs' in progress ? progress.proofs : [],
    outputs: outputs(step.output),
    ...optional('danger', step.danger),
    ...optional('how', progress.status === 'succeeded' ? progress.how : undefined),
    ...optional('startedAt', startedAt),
    ...optional(
      'seconds',
      startedAt && finishedAt ? (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000 : undefined,
    ),
    ...optional('rejection', step.rejection),
    ...optional('answeredDespite', despite(step)),
    ...optional('error', 'error' in progress ? progress.error : undefined),
    ...optional('note', noteOf(progress)),
  };
}

type Approval = StepState['approvals'][number];

function approvalReport(
  { by, at, reason, hash, breakGlass, signature, forged, byDriver }: Approval,
  events: readonly StepEvent[],
): ApprovalReport {
  const shown = events.findLast(
    (event) => event.type === 'step.waiting' && event.waitsFor.kind === 'approval' && event.waitsFor.hash === hash,
  );
  const preview =
    shown?.type === 'step.waiting' && shown.waitsFor.kind === 'approval' ? shown.waitsFor.preview : undefined;
  return {
    by,
    at,
    ...optional('reason', reason),
    ...optional('breakGlass', breakGlass),
    ...optional('signature', signature),
    ...optional('forged', forged),
    ...optional('byDriver', isAskedOfOthers(shown) ? byDriver : undefined),
    ...optional('shown', preview),
  };
}

/** Runs of older builds counted the yes of who drove them. */
const isAskedOfOthers = (asked: StepEvent | undefined): boolean =>
  asked?.type === 'step.waiting' && asked.waitsFor.kind === 'approval' && asked.waitsFor.drivers !== undefined;

/** What was changed, key by key; what the plan says stands beside it. */
function editReport({ edited }: StepState, written: Json | undefined): StepReport['edit'] {
  if (!edited) return undefined;
  const plan = isJsonObject(written) ? written : {};
  const shown = (value: Json | undefined): string => (value === undefined ? 'nothing' : plain(value));
  const keys = [...new Set([...Object.keys(plan), ...Object.keys(edited.with)])];
  const changed = keys
    .map((key) => ({ key: label(key), plan: shown(plan[key]), edited: shown(edited.with[key]) }))
    .filter((one) => one.plan !== one.edited);
  return { by: edited.by, at: edited.at, reason: edited.reason, changed };
}

const despite = ({ answer }: StepState): StepReport['answeredDespite'] =>
  answer?.breakGlass === undefined ? undefined : { by: answer.by, reason: answer.breakGlass };

/** As it was looked at when the step last began. */
function groundsOf({ grounds = [] }: StepState, events: readonly StepEvent[]): readonly string[] {
  const began = events.findLast(({ type }) => type === 'step.started');
  return groundLines(grounds, new Date(began?.at ?? 0));
}

function confirmed(event: StepEvent): StepReport['confirmations'] {
  if (event.type !== 'step.confirmed' && event.type !== 'step.denied') return [];
  const { by, at, reason } = event;
  const said = event.type === 'step.denied' ? 'not right' : 'right';
  return [{ by, at, text: reason ? `${said}: ${reason}` : said }];
}

const decided = ({ by, at, decision, reason, withoutSafetyPoint }: JournalEvent & { type: 'step.decided' }) => ({
  by,
  at,
  what: withoutSafetyPoint ? `${decision} without a safety point` : decision,
  reason,
});

function outputs(output: Json | undefined): StepReport['outputs'] {
  if (output === undefined) return [];
  if (!isJsonObject(output)) return [{ name: 'output', value: plain(output) }];
  return Object.entries(output).map(([name, value]) => ({ name: label(name), value: plain(value) }));
}

function noteOf(progress: StepState['progress']): string | undefined {
  if (progress.status === 'skipped') return progress.why;
  return progress.status === 'undone' && progress.impossible ? `not taken back: ${progress.impossible}` : undefined;
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

function secondsOf(value: Json | undefined): number | undefined {
  const span = parseSpan(textOf(value) ?? '');
  return span && span.max / 1000;
}

/** A field only when it has a value. */
const optional = <Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } =>
  (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
