import type { Clock } from '../lib/clock.ts';
import { parseDuration } from '../lib/duration.ts';
import { KnownError } from '../model/errors.ts';
import type { Step } from '../model/plan.ts';
import type { Preview, WaitsFor } from '../model/run.ts';
import { approvalsMissing, type RunState, type StepState } from '../model/run-state.ts';
import type { RunLog } from './run-log.ts';

/** An approval that names no limit still has one: a run that nobody looks at for a day is not waited for any longer. */
const APPROVAL_LIMIT = '24h';

export interface Question {
  readonly step: Step;
  readonly log: RunLog;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Waits until enough people have approved exactly this. Throws APPROVAL_REJECTED or APPROVAL_EXPIRED. */
export async function waitForApproval(question: Question, hash: string, preview: Preview): Promise<void> {
  const { step, log, clock, signal } = question;
  if (!step.approve || isApproved(log.state().steps.get(step.id), step.approve.count, hash)) return;
  const { role, count, within = APPROVAL_LIMIT } = step.approve;
  const deadline = new Date(clock.now().getTime() + (parseDuration(within) as number));
  const waitsFor: WaitsFor = { kind: 'approval', role, count, hash, preview, expiresAt: deadline.toISOString() };
  await log.append([{ type: 'step.waiting', step: step.id, waitsFor }]);
  const answered = await log.until((state) => isAnswered(state, step.id, hash), signal, deadline);
  const known = log.state().steps.get(step.id) as StepState;
  if (known.rejection?.hash === hash)
    throw new KnownError(
      'APPROVAL_REJECTED',
      `${step.id}: ${known.rejection.by} said no: ${known.rejection.reason}`,
      'Change what was objected to, then start a new run.',
    );
  if (!answered)
    throw new KnownError(
      'APPROVAL_EXPIRED',
      `${step.id}: nobody in the role ${role} approved within ${within}`,
      'Reach somebody in that role, then resume the run and decide "retry".',
    );
}

const isAnswered = (state: RunState, id: string, hash: string): boolean => {
  const known = state.steps.get(id);
  return known !== undefined && (approvalsMissing(known) === 0 || known.rejection?.hash === hash);
};

const isApproved = (known: StepState | undefined, count: number, hash: string): boolean =>
  new Set(known?.approvals.filter((approval) => approval.hash === hash).map((approval) => approval.by)).size >= count;
