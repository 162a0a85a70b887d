import { KnownError } from '../model/errors.ts';
import { findRun } from './find-run.ts';
import { isOver } from './resume.ts';
import type { Services } from './services.ts';

export interface CancelResult {
  readonly run: string;
  readonly by: string;
  readonly reason: string;
  /** What the run changed and has not put back: it stays so until somebody does it by hand. */
  readonly left: readonly string[];
}

/** Ends a run for good. What it changed stays as it is. */
export async function cancel(
  request: { readonly run: string; readonly reason?: string; readonly by?: string },
  services: Services,
): Promise<CancelResult> {
  const { journal, state } = await findRun(request.run, services);
  if (isOver(state.status))
    throw new KnownError('USAGE', `the run ${state.id} is over: ${state.status}`, `See: lifeboat status ${state.id}`);
  if (!request.reason) throw new KnownError('USAGE', 'canceling needs a reason', 'Add: --reason "…"');
  const by = request.by ?? services.actor;
  const reason = services.redact(request.reason);
  await journal.signal(state.id, by, { type: 'run.canceled', reason });
  const left = state.obligations.filter(({ settledAt }) => settledAt === undefined).map(({ what }) => what);
  return { run: state.id, by, reason, left };
}
