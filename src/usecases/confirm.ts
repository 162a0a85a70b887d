import { peopleOf } from '../model/approvals.ts';
import { confirmationsMissing, standOf } from '../model/confirmation.ts';
import { KnownError } from '../model/errors.ts';
import type { Signal } from '../model/journal.ts';
import { foldRun, type RunState } from '../model/run-state.ts';
import { findRun, waitingStep } from './find-run.ts';
import { type KeptWord, keepWord } from './keep-word.ts';
import type { Services } from './services.ts';

export interface ConfirmRequest {
  readonly run: string;
  readonly step: string;
  /** The person who answers: an entry of `people`. Default: who runs the command. */
  readonly by?: string;
  /** The world is not right. */
  readonly no: boolean;
  readonly reason?: string;
}

export interface ConfirmResult extends KeptWord {
  readonly run: string;
  readonly step: string;
  readonly by: string;
  readonly answer: 'confirmed' | 'denied';
  /** How many more people must confirm. */
  readonly missing: number;
  /** Until when. */
  readonly until: string;
  /** True when nobody drives the run, so that it must be resumed for the word to take effect. */
  readonly resume: boolean;
}

/** Says, after a step has acted, that the world is right, or that it is not: then the step is taken back. */
export async function confirm(request: ConfirmRequest, services: Services): Promise<ConfirmResult> {
  const { journal, state } = await findRun(request.run, services);
  const { step, waitsFor } = waitingStep(state, request.step, 'confirmation');
  const by = requireInRole(state, waitsFor.role, request.by ?? services.actor);
  requireInTime(state, step.id, services);
  const kept = await keepWord({ journal, state, by, word: wordOf(request, by, services) }, services);
  const after = foldRun(await journal.events(state.id));
  const confirmation = after.steps.get(step.id)?.confirmation;
  const summary = (await journal.runs()).find(({ id }) => id === state.id);
  return {
    run: state.id,
    step: step.id,
    by,
    answer: request.no ? 'denied' : 'confirmed',
    missing: confirmation === undefined ? 0 : confirmationsMissing(confirmation),
    until: confirmation?.until ?? waitsFor.until,
    resume: summary?.ownerState !== 'alive',
    ...kept,
  };
}

function requireInRole(state: RunState, role: string, by: string): string {
  const people = peopleOf(state.origin, role);
  if (people.includes(by)) return by;
  throw new KnownError(
    'USAGE',
    `${by} is not in the role ${role}, which confirms this step`,
    `Say who confirms with --by: ${people.join(', ')}`,
  );
}

function requireInTime(state: RunState, step: string, { clock }: Services): void {
  const confirmation = state.steps.get(step)?.confirmation;
  if (!confirmation || standOf(confirmation, clock.now()) !== 'late') return;
  throw new KnownError(
    'NOT_CONFIRMED',
    `it is too late to confirm ${step}: that was asked until ${confirmation.until}, and it is taken back`,
    `See how it stands: lifeboat next ${state.id}`,
  );
}

function wordOf(
  { step, no, reason }: ConfirmRequest,
  by: string,
  { actor, redact }: Services,
): Extract<Signal, { type: 'step.confirmed' | 'step.denied' }> {
  if (no && !reason) throw new KnownError('USAGE', 'a no needs a reason', 'Add: --reason "…"');
  const parts = [reason ?? '', by === actor ? '' : `entered by ${actor}`];
  const said = redact(parts.filter((part) => part !== '').join('; '));
  if (no) return { type: 'step.denied', step, reason: said };
  return { type: 'step.confirmed', step, ...(said === '' ? {} : { reason: said }) };
}
