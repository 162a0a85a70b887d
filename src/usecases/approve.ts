import { drives, isPerson, missingApprovals, peopleOf } from '../model/approvals.ts';
import { KnownError } from '../model/errors.ts';
import { foldRun, type RunState } from '../model/run-state.ts';
import { askedAt, requireEnvironment } from './approval-subject.ts';
import { type Asked, approversNow, requireApprover } from './approvers.ts';
import { findRun } from './find-run.ts';
import { type KeptWord, keepWord } from './keep-word.ts';
import { readCode } from './read-code.ts';
import type { Services } from './services.ts';

export interface ApproveRequest {
  readonly run: string;
  readonly step: string;
  /** The person who answers: an entry of `people`. Default: who runs the command. */
  readonly by?: string;
  readonly reject: boolean;
  readonly reason?: string;
  /** Why it is done without the people who would have to say yes. */
  readonly breakGlass?: string;
  /** A yes that was signed far away. */
  readonly code?: string;
}

export interface ApproveResult extends KeptWord {
  readonly run: string;
  readonly step: string;
  readonly by: string;
  readonly answer: 'approved' | 'rejected';
  /** How many more people must approve before the step begins. */
  readonly missing: number;
  readonly breakGlass?: string;
}

/**
 * Says yes or no to what a step will do, also before it asks, where its input is known by then. It holds only for exactly that: if it
 * changes, it is asked again.
 */
export async function approve(request: ApproveRequest, services: Services): Promise<ApproveResult> {
  requireOneWay(request);
  const { journal, state } = await findRun(request.run, services);
  const asked = askedAt(state, request.step, services);
  const { hash } = asked;
  const { step } = request;
  const word = whoAndHow({ request, state, asked, services });
  const reason = reasonFor(request, word.by, services);
  const about = { run: state.id, step, by: word.by };
  if (request.reject) {
    const no = { type: 'step.rejected', step, hash, reason: reason ?? '' } as const;
    const kept = await keepWord({ journal, state, by: word.by, word: no }, services);
    return { ...about, answer: 'rejected', missing: 0, ...kept };
  }
  requireEnvironment(state, asked, services);
  const { by, ...how } = word;
  const why = reason === undefined ? {} : { reason };
  const yes = { type: 'step.approved', step, hash, ...why, ...how } as const;
  const kept = await keepWord({ journal, state, by, word: yes }, services);
  const after = foldRun(await journal.events(state.id));
  const known = after.steps.get(step);
  const missing = missingApprovals(asked, known ? [known] : [], after.origin);
  const broken = how.breakGlass ? { breakGlass: how.breakGlass } : {};
  return { ...about, answer: 'approved', missing, ...broken, ...kept };
}

function requireOneWay({ reject, breakGlass, code }: ApproveRequest): void {
  if (breakGlass?.trim() === '')
    throw new KnownError(
      'USAGE',
      'breaking the glass needs a reason',
      'Say why: --break-glass "nobody answers, and …"',
    );
  if ([reject, breakGlass !== undefined, code !== undefined].filter(Boolean).length <= 1) return;
  throw new KnownError(
    'USAGE',
    '--reject, --break-glass and --code do not go together',
    'Say no with --reject, yes with one of the others.',
  );
}

interface Answering {
  readonly request: ApproveRequest;
  readonly state: RunState;
  readonly asked: Asked;
  readonly services: Services;
}

/** Who answers, and what is kept beside the yes of how it came. */
function whoAndHow({ request, state, asked, services }: Answering): {
  readonly by: string;
  readonly breakGlass?: string;
  readonly signature?: string;
} {
  const now = services.clock.now();
  if (request.code !== undefined) {
    const expected = { run: state.id, step: request.step, hash: asked.hash };
    const found = readCode(request.code, expected, { state, asked, now, ...(request.by ? { by: request.by } : {}) });
    requireApprover({ state, step: request.step, asked, now }, found.by);
    return found;
  }
  const by = request.by ?? services.actor;
  if (request.breakGlass !== undefined) {
    requirePerson(state, by);
    return { by, breakGlass: services.redact(request.breakGlass) };
  }
  if (!request.reject) requireApprover({ state, step: request.step, asked, now }, by);
  else if (!mayRefuse({ request, state, asked, services }, by))
    requireApprover({ state, step: request.step, asked, now }, by);
  return { by };
}

/** Whoever drives the run may say no to it, too. */
const mayRefuse = ({ request, state, asked, services }: Answering, by: string): boolean =>
  drives(asked, by)
    ? peopleOf(state.origin, asked.role).includes(by)
    : approversNow(state, request.step, asked, services.clock.now()).includes(by);

function requirePerson(state: RunState, by: string): void {
  if (isPerson(state.origin, by)) return;
  const { people } = state.origin.plan;
  throw new KnownError(
    'USAGE',
    `${by} is not among the people of the plan, and only they may break the glass`,
    `Say who you are with --by: ${Object.keys((people ?? {}) as object).join(', ') || 'the plan names nobody'}`,
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
