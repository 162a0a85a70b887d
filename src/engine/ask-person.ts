import { parseDuration } from '../lib/duration.ts';
import { KnownError } from '../model/errors.ts';
import type { Step } from '../model/plan.ts';
import type { Preview, WaitsFor } from '../model/run.ts';
import type { RunStep } from '../model/run-scenario.ts';
import type { RunState, StepState } from '../model/run-state.ts';
import type { EnginePorts } from './ports.ts';
import type { RunLog } from './run-log.ts';

/** An approval that names no limit still has one: a run that nobody looks at for a day is not waited for any longer. */
const APPROVAL_LIMIT = '24h';

export interface Question {
  readonly step: RunStep;
  readonly log: RunLog;
  readonly ports: EnginePorts;
  readonly signal: AbortSignal;
  /** Who must say yes. */
  readonly asked: NonNullable<Step['approve']>;
  /** Of exactly this. */
  readonly hash: string;
  readonly preview: Preview;
  /** Steps at which it may be said. */
  readonly among: readonly string[];
}

/** Waits until enough people have approved exactly this. Throws APPROVAL_REJECTED or APPROVAL_EXPIRED. */
export async function waitForApproval(question: Question): Promise<void> {
  const { step, log, ports, signal, asked, hash, preview } = question;
  if (isApproved(log.state(), question)) return;
  const { role, count, within = APPROVAL_LIMIT } = asked;
  const deadline = new Date(ports.clock.now().getTime() + (parseDuration(within) as number));
  const waitsFor: WaitsFor = { kind: 'approval', role, count, hash, preview, expiresAt: deadline.toISOString() };
  await log.append([{ type: 'step.waiting', step: step.id, waitsFor }]);
  const isAnswered = (state: RunState) => isApproved(state, question) || rejectionOf(state, question) !== undefined;
  const answered = await log.until(isAnswered, signal, deadline);
  const no = rejectionOf(log.state(), question);
  if (no)
    throw new KnownError(
      'APPROVAL_REJECTED',
      `${step.id}: ${no.by} said no: ${no.reason}`,
      'Change what was objected to, then start a new run.',
    );
  if (!answered)
    throw new KnownError(
      'APPROVAL_EXPIRED',
      `${step.id}: nobody in the role ${role} approved within ${within}`,
      'Reach somebody in that role, then resume the run and decide "retry".',
    );
}

const at = (state: RunState, { among }: Question) => among.flatMap((id) => state.steps.get(id) ?? []);

const rejectionOf = (state: RunState, question: Question): StepState['rejection'] =>
  at(state, question).find(({ rejection }) => rejection?.hash === question.hash)?.rejection;

function isApproved(state: RunState, question: Question): boolean {
  const approvals = at(state, question).flatMap((known) => known.approvals);
  const people = new Set(approvals.filter(({ hash }) => hash === question.hash).map(({ by }) => by));
  return people.size >= question.asked.count;
}
