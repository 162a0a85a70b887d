import { parseDuration } from '../lib/duration.ts';
import { type AskedApproval, approversFor, missingApprovals, notFor } from '../model/approvals.ts';
import { editsOf } from '../model/edited.ts';
import { KnownError } from '../model/errors.ts';
import type { Step } from '../model/plan.ts';
import type { Preview, WaitsFor } from '../model/run.ts';
import type { RunState, StepState } from '../model/run-state.ts';
import type { RunLog } from './run-log.ts';
import type { StepRun } from './run-step.ts';
import { requireTurn } from './turn.ts';

/** An approval that names no limit still has one: a run that nobody looks at for a day is not waited for any longer. */
const APPROVAL_LIMIT = '24h';

export interface Question extends StepRun {
  /** Who must say yes. */
  readonly asked: NonNullable<Step['approve']>;
  /** Of exactly this. */
  readonly hash: string;
  readonly preview: Preview;
  readonly where: readonly string[];
  /** Steps at which it may be said. */
  readonly among: readonly string[];
}

/**
 * Waits until enough people have approved exactly this; `edited` when somebody changed what it is instead. Throws APPROVAL_REJECTED or
 * APPROVAL_EXPIRED.
 */
export async function waitForApproval(question: Question): Promise<'approved' | 'edited'> {
  const { log, ports, among } = question;
  if (isApproved(log.state(), question)) return 'approved';
  const edits = editsOf(log.state(), among);
  const isEdited = (state: RunState) => editsOf(state, among) !== edits;
  const isAnswered = (state: RunState) =>
    isApproved(state, question) || rejectionOf(state, question) !== undefined || isEdited(state);
  const { within = APPROVAL_LIMIT } = question.asked;
  const deadline = new Date(ports.clock.now().getTime() + (parseDuration(within) as number));
  const answered = isAskedBeside(question)
    ? await log.until(isAnswered, question.signal, deadline)
    : await askAlone(question, isAnswered, deadline);
  if (isEdited(log.state())) return 'edited';
  const no = rejectionOf(log.state(), question);
  if (no) throw rejected(question, no);
  if (!answered) throw expired(question, within);
  return 'approved';
}

/** Questions that are being asked in this process, also those that are just being written. */
const asking = new WeakMap<RunLog, Set<string>>();

async function askAlone(
  question: Question,
  isAnswered: (state: RunState) => boolean,
  deadline: Date,
): Promise<boolean> {
  const hashes = asking.get(question.log) ?? new Set<string>();
  asking.set(question.log, hashes.add(question.hash));
  try {
    return await ask(question, isAnswered, deadline);
  } finally {
    hashes.delete(question.hash);
  }
}

/** Side by side the steps of a procedure need the same yes: one of them asks. */
const isAskedBeside = ({ log, among, step, hash }: Question): boolean =>
  asking.get(log)?.has(hash) === true ||
  among.some((id) => {
    const progress = id === step.id ? undefined : log.state().steps.get(id)?.progress;
    return progress?.status === 'waiting' && progress.waitsFor.kind === 'approval' && progress.waitsFor.hash === hash;
  });

/** Asks, and then those who may answer, too, each in their turn. False when nobody did until the deadline. */
async function ask(question: Question, isAnswered: (state: RunState) => boolean, deadline: Date): Promise<boolean> {
  const { step, log, ports, signal, hash, preview, where, asked } = question;
  const { role, count } = asked;
  const escalate = escalationOf(question);
  const waitsFor: WaitsFor = {
    kind: 'approval',
    role,
    count,
    hash,
    preview,
    expiresAt: deadline.toISOString(),
    ...notFor(log.state()),
    ...(escalate.length > 0 ? { escalate } : {}),
    ...(where.length > 0 ? { where } : {}),
  };
  requireTurn(question);
  await log.append([{ type: 'step.waiting', step: step.id, waitsFor }]);
  for (const next of escalate) {
    if (escalatedTo(log.state(), question).includes(next.role)) continue;
    const turn = new Date(Math.min(Date.parse(next.at), deadline.getTime()));
    if (await log.until(isAnswered, signal, turn)) return true;
    if (ports.clock.now() >= deadline) return false;
    await log.append([{ type: 'step.escalated', step: step.id, hash, role: next.role }]);
  }
  return log.until(isAnswered, signal, deadline);
}

/** When each further role may answer, counted from the first asking, whichever process that was. */
function escalationOf({ asked, log, among, hash, ports }: Question): readonly { role: string; at: string }[] {
  const first = among.map((id) => log.state().steps.get(id)?.asked).find((one) => one?.hash === hash);
  const from = first === undefined ? ports.clock.now().getTime() : Date.parse(first.at);
  return [...(asked.escalate ?? [])]
    .map(({ role, after }) => ({ role, at: new Date(from + (parseDuration(after) as number)).toISOString() }))
    .sort((a, b) => a.at.localeCompare(b.at));
}

const escalatedTo = (state: RunState, { among, hash }: Question): readonly string[] =>
  among.flatMap((id) => {
    const escalated = state.steps.get(id)?.escalated;
    return escalated?.hash === hash ? escalated.roles : [];
  });

const at = (state: RunState, { among }: Question) => among.flatMap((id) => state.steps.get(id) ?? []);

const rejectionOf = (state: RunState, question: Question): StepState['rejection'] =>
  at(state, question).find(({ rejection }) => rejection?.hash === question.hash)?.rejection;

const askedIn = (state: RunState, { asked, hash }: Question): AskedApproval => ({
  role: asked.role,
  count: asked.count,
  hash,
  ...notFor(state),
});

const isApproved = (state: RunState, question: Question): boolean =>
  missingApprovals(askedIn(state, question), at(state, question), state.origin) === 0;

const rejected = ({ step }: Question, no: NonNullable<StepState['rejection']>): KnownError =>
  new KnownError(
    'APPROVAL_REJECTED',
    `${step.id}: ${no.by} said no: ${no.reason}`,
    'Change what was objected to, then start a new run.',
  );

function expired({ step, asked, log }: Question, within: string): KnownError {
  const state = log.state();
  const roles = [asked.role, ...(asked.escalate ?? []).map(({ role }) => role)];
  const people = approversFor(notFor(state), roles, state.origin);
  const who = roles.length === 1 ? `the role ${roles[0]}` : `the roles ${roles.join(', ')}`;
  const alone = `Nobody is in it but who drives the run (${[state.createdBy, ...state.drivers].join(', ')}). Resume, decide "retry", then: lifeboat approve ${state.id} ${step.id} --break-glass "why"`;
  return new KnownError(
    'APPROVAL_EXPIRED',
    `${step.id}: nobody in ${who} approved within ${within}`,
    people.length === 0 ? alone : 'Reach somebody in that role, then resume the run and decide "retry".',
  );
}
