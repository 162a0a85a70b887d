import { KnownError } from '../model/errors.ts';
import { DECISIONS, type Decision } from '../model/run.ts';
import type { RunState } from '../model/run-state.ts';
import { openObligations } from '../model/run-state.ts';
import { findRun, waitingStep } from './find-run.ts';
import { isOver } from './resume.ts';
import type { Services } from './services.ts';

export interface DecideRequest {
  readonly run: string;
  readonly step: string;
  readonly decision: string;
  readonly reason?: string;
  readonly by?: string;
}

export interface DecideResult {
  readonly run: string;
  readonly step: string;
  readonly by: string;
  readonly decision: Decision;
  /** True when nobody drives the run at present, so that it must be resumed for the decision to take effect. */
  readonly resume: boolean;
}

/** Says how to go on with a step that failed, whose outcome is unknown, or that left something to put back. */
export async function decide(request: DecideRequest, services: Services): Promise<DecideResult> {
  const decision = decisionFrom(request.decision);
  const { journal, state } = await findRun(request.run, services);
  requireQuestion(state, request.step);
  if (!request.reason) throw new KnownError('USAGE', 'a decision needs a reason', 'Add: --reason "…"');
  const by = request.by ?? services.actor;
  const reason = services.redact(request.reason);
  await journal.signal(state.id, by, { type: 'step.decided', step: request.step, decision, reason });
  const summary = (await journal.runs()).find(({ id }) => id === state.id);
  return { run: state.id, step: request.step, by, decision, resume: summary?.ownerState !== 'alive' };
}

function decisionFrom(text: string): Decision {
  const found = DECISIONS.find((decision) => decision === text);
  if (found) return found;
  throw new KnownError('USAGE', `"${text}" is not a decision`, `One of: ${DECISIONS.join(', ')}`);
}

/** A step may be decided about while it waits for that, or while something that it left is not put back. */
function requireQuestion(state: RunState, step: string): void {
  if (isOver(state.status))
    throw new KnownError('USAGE', `the run ${state.id} is over: ${state.status}`, `See: lifeboat status ${state.id}`);
  if (!openObligations(state).some((obligation) => obligation.step === step)) waitingStep(state, step, 'decision');
}
