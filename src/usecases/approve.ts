import { KnownError } from '../model/errors.ts';
import { Plan } from '../model/plan.ts';
import type { WaitsFor } from '../model/run.ts';
import { approvalsMissing, foldRun, type RunState, type StepState } from '../model/run-state.ts';
import { findRun, waitingStep } from './find-run.ts';
import type { Services } from './services.ts';

export interface ApproveRequest {
  readonly run: string;
  readonly step: string;
  /** The person who answers: an entry of `people`. Default: who runs the command. */
  readonly by?: string;
  readonly reject: boolean;
  readonly reason?: string;
}

export interface ApproveResult {
  readonly run: string;
  readonly step: string;
  readonly by: string;
  readonly answer: 'approved' | 'rejected';
  /** How many more people must approve before the step begins. */
  readonly missing: number;
}

/** Says yes or no to what a step will do. It holds only for exactly what was shown: if that changes, it is asked again. */
export async function approve(request: ApproveRequest, services: Services): Promise<ApproveResult> {
  const { journal, state } = await findRun(request.run, services);
  const { step, waitsFor } = waitingStep(state, request.step, 'approval');
  const by = requireApprover(state, waitsFor, request.by ?? services.actor);
  const reason = reasonFor(request, by, services);
  if (request.reject) {
    const said = reason ?? '';
    await journal.signal(state.id, by, { type: 'step.rejected', step: step.id, hash: waitsFor.hash, reason: said });
    return { run: state.id, step: step.id, by, answer: 'rejected', missing: 0 };
  }
  requireEnvironment(state, waitsFor, services);
  const why = reason === undefined ? {} : { reason };
  await journal.signal(state.id, by, { type: 'step.approved', step: step.id, hash: waitsFor.hash, ...why });
  const after = foldRun(await journal.events(state.id)).steps.get(step.id) as StepState;
  return { run: state.id, step: step.id, by, answer: 'approved', missing: approvalsMissing(after) };
}

/** People who may approve, by the plan as it was frozen into the run. */
export function approversOf(state: RunState, role: string): readonly string[] {
  return Plan.parse(state.origin.plan).roles[role]?.people ?? [];
}

/** True when saying yes to this must be confirmed by naming the environment. */
export function asksForEnvironment(state: RunState, { preview }: { preview: { danger: string } }): boolean {
  const environment = Plan.parse(state.origin.plan).environments[state.origin.environment];
  return preview.danger === 'destroy' && environment?.protected !== false;
}

function requireApprover(state: RunState, { role }: WaitsFor & { kind: 'approval' }, by: string): string {
  const people = approversOf(state, role);
  if (people.includes(by)) return by;
  throw new KnownError(
    'USAGE',
    `${by} is not in the role ${role}, which approves this step`,
    `Say who approves with --by: ${people.join(', ')}`,
  );
}

function requireEnvironment(state: RunState, waitsFor: WaitsFor & { kind: 'approval' }, services: Services): void {
  const { environment } = state.origin;
  if (!asksForEnvironment(state, waitsFor) || services.chosen.environment === environment) return;
  throw new KnownError(
    'USAGE',
    `this step destroys something in ${environment}, which is protected`,
    `Read what it will do, then repeat with: --environment ${environment}`,
  );
}

/** Whoever types a colleague's name leaves his own beside it. */
function reasonFor(request: ApproveRequest, by: string, services: Services): string | undefined {
  if (request.reject && !request.reason)
    throw new KnownError('USAGE', 'a rejection needs a reason', 'Add: --reason "…"');
  const parts = [request.reason, by === services.actor ? undefined : `entered by ${services.actor}`];
  const said = parts.filter((part) => part !== undefined && part !== '').join('; ');
  return said === '' ? undefined : services.redact(said);
}
