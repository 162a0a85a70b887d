import { isJsonObject, type Json } from '../lib/json.ts';
import type { ErrorRecord } from '../model/errors.ts';
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
  readonly rejection?: { readonly by: string; readonly reason: string };
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
  /** What would change, as it was shown to whoever approved; absent when that showing is not in the journal. */
  readonly shown?: Preview;
}

/** The steps in the order of the plan, then those that only the journal knows. */
export function stepReports(
  state: RunState,
  events: readonly JournalEvent[],
  planned: readonly Json[],
): readonly StepReport[] {
  const plan = planned.filter(isJsonObject);
  const ids = [...new Set([...plan.map(({ id }) => String(id)), ...state.steps.keys()])];
  return ids.map((id) => {
    const step = plan.find((candidate) => candidate.id === id);
    const about = {
      id,
      ...optional('title', textOf(step?.title)),
      ...optional('action', state.steps.get(id)?.action ?? textOf(step?.uses)),
      ...optional('expectedSeconds', secondsOf(step?.expect)),
    };
    const known = state.steps.get(id);
    return known === undefined ? { ...about, ...NOT_REACHED } : { ...about, ...told(known, events) };
  });
}

const NOT_REACHED = {
  status: 'not reached',
  attempts: 0,
  approvals: [],
  decisions: [],
  proofs: [],
  outputs: [],
} as const;

function told(step: StepState, events: readonly JournalEvent[]): Omit<StepReport, 'id'> {
  const { progress, startedAt } = step;
  const finishedAt = 'finishedAt' in progress ? progress.finishedAt : undefined;
  return {
    status: progress.status,
    attempts: step.attempts,
    approvals: step.approvals.map((approval) => approvalReport(step.id, approval, events)),
    decisions: events.flatMap((event) =>
      event.type === 'step.decided' && event.step === step.id ? [decided(event)] : [],
    ),
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
    ...optional('error', 'error' in progress ? progress.error : undefined),
    ...optional('note', noteOf(progress)),
  };
}

type Approval = StepState['approvals'][number];

function approvalReport(
  step: string,
  { by, at, reason, hash }: Approval,
  events: readonly JournalEvent[],
): ApprovalReport {
  const shown = events.findLast(
    (event) =>
      event.type === 'step.waiting' &&
      event.step === step &&
      event.waitsFor.kind === 'approval' &&
      event.waitsFor.hash === hash,
  );
  const preview =
    shown?.type === 'step.waiting' && shown.waitsFor.kind === 'approval' ? shown.waitsFor.preview : undefined;
  return { by, at, ...optional('reason', reason), ...optional('shown', preview) };
}

const decided = ({ by, at, decision, reason }: JournalEvent & { type: 'step.decided' }) => ({
  by,
  at,
  what: decision,
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
