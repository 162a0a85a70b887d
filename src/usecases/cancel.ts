import { KnownError } from '../model/errors.ts';
import { openObligations, type RunState } from '../model/run-state.ts';
import { findRun, isDriven } from './find-run.ts';
import { type KeptWord, keepWord } from './keep-word.ts';
import { isOver } from './resume.ts';
import type { Services } from './services.ts';

export interface CancelResult extends KeptWord {
  readonly run: string;
  readonly by: string;
  readonly reason: string;
  /** What the run changed and has not put back: it stays so until somebody does it by hand. */
  readonly left: readonly string[];
}

export interface CancelRequest {
  readonly run: string;
  readonly reason?: string;
  readonly by?: string;
  /** End it also while something is not put back. */
  readonly leave?: boolean;
}

/** Ends a run for good. What it changed stays as it is, which must be said in so many words while it owes something. */
export async function cancel(request: CancelRequest, services: Services): Promise<CancelResult> {
  const { journal, state } = await findRun(request.run, services);
  if (isOver(state.status))
    throw new KnownError('USAGE', `the run ${state.id} is over: ${state.status}`, `See: lifeboat status ${state.id}`);
  if (!request.reason) throw new KnownError('USAGE', 'canceling needs a reason', 'Add: --reason "…"');
  const left = openObligations(state).map(({ what }) => what);
  if (left.length > 0 && !request.leave) throw stillOwed(state, left, await isDriven(state.id, journal));
  const by = request.by ?? services.actor;
  const reason = services.redact(request.reason);
  const kept = await keepWord({ journal, state, by, word: { type: 'run.canceled', reason } }, services);
  return { run: state.id, by, reason, left, ...kept };
}

function stillOwed(state: RunState, left: readonly string[], driven: boolean): KnownError {
  const commands = waysBack(state, driven).join(', then: ');
  return new KnownError(
    'OBLIGATION_OPEN',
    `the run ${state.id} was not canceled, because this would stay as it is for good: ${left.join('; ')}`,
    `To put it back: ${commands}. To leave it as it is: lifeboat cancel ${state.id} --leave --reason "…"`,
  );
}

/** A run takes back what it did at the step that waits for a person; when none does, at its end. */
export function waysBack(state: RunState, driven: boolean): readonly string[] {
  const undo = (step: string) => `lifeboat decide ${state.id} ${step} undo --reason "…"`;
  const resume = `lifeboat recover --resume ${state.id}`;
  for (const { id, progress } of state.steps.values()) {
    if (progress.status !== 'waiting') continue;
    if (progress.waitsFor.kind === 'decision') return [undo(id), resume];
    const word = `lifeboat decide ${state.id} ${id} failed --reason "…"`;
    const no =
      progress.waitsFor.kind === 'task' ? word : `lifeboat approve ${state.id} ${id} --reject --by NAME --reason "…"`;
    return [no, ...(driven ? [] : [resume]), undo(id), resume];
  }
  return [...[...new Set(openObligations(state).map(({ step }) => step))].map(undo), resume];
}
