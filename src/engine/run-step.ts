import type { ActionContext, AnyAction, Observation } from '../actions/action.ts';
import { parseDuration } from '../lib/duration.ts';
import type { Json } from '../lib/json.ts';
import { isInDoubt } from '../model/adopted-run.ts';
import { asEdited, editsOf } from '../model/edited.ts';
import { errorRecord, isRetryable, KnownError } from '../model/errors.ts';
import type { Ground, Proof, RunEvent } from '../model/run.ts';
import type { RunScenario, RunStep } from '../model/run-scenario.ts';
import { openObligations, type StepState } from '../model/run-state.ts';
import { whereOf } from '../model/where.ts';
import { approveParts } from './approve-parts.ts';
import { waitForApproval } from './ask-person.ts';
import { lastWayOf } from './branches.ts';
import { type AtRest, decide } from './decide.ts';
import { deskOf } from './desk.ts';
import { refuseFenced } from './fence.ts';
import { gather } from './gather.ts';
import { groundsOf, NotProvenError } from './grounds.ts';
import { isItsTurn } from './items.ts';
import { momentEvents } from './moments.ts';
import type { EnginePorts } from './ports.ts';
import { pauseBefore } from './retry-pause.ts';
import type { RunLog } from './run-log.ts';
import { approvalHash, aroundPart, scopeAround, scopeFor } from './scope.ts';
import { requireTurn } from './turn.ts';
import { notesOf, requireWayBack } from './way-back.ts';
import { type Deadline, timeLeft, withDeadline } from './with-deadline.ts';

/** Pause between two looks at something that is still under way. */
const POLL_EVERY_MS = 1000;

/** An output can hold all that a command printed; a message is read by a person. */
const LONGEST_SHOWN = 1000;

export interface StepRun {
  readonly scenario: RunScenario;
  readonly step: RunStep;
  readonly log: RunLog;
  readonly ports: EnginePorts;
  readonly signal: AbortSignal;
}

export interface Prepared extends StepRun {
  readonly action: AnyAction;
  readonly ctx: ActionContext<unknown>;
  readonly input: unknown;
  readonly shown: Json;
  /** The edits that this input comes from. */
  readonly edits: string;
}

/** Asked when the step has acted and all its proofs hold: since when it counts, where that was earlier. */
export type BeforeSuccess = (proofs: readonly Proof[]) => Promise<string | undefined>;

/** Carries one step out, from wherever an earlier process left it. Returns when it is settled in the log; throws what stopped it. */
export async function runStep(run: StepRun, beforeSuccess: BeforeSuccess): Promise<void> {
  const { step, log } = run;
  const unwanted = begun(log, step) ? undefined : falseCondition(run);
  if (unwanted !== undefined) refuseLastWay(run, unwanted);
  if (unwanted !== undefined)
    return log.append([{ type: 'step.skipped', step: step.id, why: `when ${unwanted} is false` }]);
  if (step.for_each !== undefined) return gather(run);
  // Who is asked may edit the input instead: then it is looked at and asked for anew.
  while ((await carryOutOnce(run, beforeSuccess)) === 'edited');
}

/** Throws NO_ALTERNATIVE where leaving this step out, too, would leave out all ways of a group. */
function refuseLastWay({ scenario, step, log }: StepRun, unwanted: string): void {
  const group = lastWayOf(scenario, step, log.state());
  if (group === undefined) return;
  throw new KnownError(
    'NO_ALTERNATIVE',
    `none of the ways of "${group}" is open: the last one, ${step.id}, is left out because ${unwanted} is false`,
    `To go on without any of them: lifeboat decide ${log.state().id} ${step.id} skip --reason "…". In the plan: an alternative without "when"`,
  );
}

async function carryOutOnce(run: StepRun, beforeSuccess: BeforeSuccess): Promise<'edited' | 'settled'> {
  const { step, log } = run;
  const prepared = prepare(run);
  if (nothingToSettle(prepared)) {
    const why = 'this run left nothing that needs to be put back here';
    await log.append([{ type: 'step.skipped', step: step.id, why }]);
    return 'settled';
  }
  const limit = step.timeout === undefined ? prepared.action.timeout : (parseDuration(step.timeout) as number);
  const first = await withDeadline(deadline(run, limit, 'looking at the world'), (signal) =>
    prepared.action.observe({ ...prepared.ctx, signal }, prepared.input),
  );
  await oweInDoubt(prepared, first);
  if (first.state !== 'done') {
    const grounds = await withDeadline(deadline(run, limit, 'looking at what it rests on'), (signal) =>
      groundsOf({ ...run, signal, prepare }),
    );
    if ((await approve(prepared, first, grounds)) === 'edited') return 'edited';
  }
  // Too many others have failed in the meantime: its step puts it on record as left out.
  if (!isItsTurn(step, log.state())) return 'settled';
  const seen = first.state === 'running' ? await ended(prepared, limit) : first;
  const reached = await withDeadline(deadline(run, limit), (signal) =>
    actOn({ ...prepared, signal, ctx: { ...prepared.ctx, signal } }, seen),
  );
  // People may take longer than the step itself.
  const since = await beforeSuccess(reached.proofs);
  await log.append(successEvents(prepared, reached, since));
  return 'settled';
}

/** The first condition that does not hold: of the procedures around the step, the outermost first, then its own. */
function falseCondition({ step, log, ports }: StepRun): string | undefined {
  const state = log.state();
  const conditions = [
    ...(step.parts ?? []).map(({ id, when }) => ({ when, scope: () => scopeAround(state, step, aroundPart(id)) })),
    { when: step.when, scope: () => scopeFor(state, step) },
  ];
  return conditions.find(({ when, scope }) => when !== undefined && !ports.expressions.condition(when, scope()))?.when;
}

const deadline = ({ ports, signal, step }: StepRun, ms: number, doing?: string): Deadline => ({
  ms,
  clock: ports.clock,
  signal,
  what: doing === undefined ? step.id : `${step.id}: ${doing}`,
});

const begun = (log: RunLog, step: RunStep): boolean => (log.state().steps.get(step.id)?.attempts ?? 0) > 0;

/** The action with its input as it will really run. Throws PLAN_INVALID when an expression or the input is wrong. */
export function prepare(asWritten: StepRun): Prepared {
  const { log, ports, signal } = asWritten;
  const run = { ...asWritten, step: asEdited(asWritten.step, log.state()) };
  const { step } = run;
  const found = ports.actions.find(step.uses);
  if (!found)
    throw new KnownError(
      'PLAN_INVALID',
      `${step.id}: the action ${step.uses} is not available in this build`,
      'See docs/reference/actions.md for the actions there are.',
    );
  const shown = ports.expressions.resolve(step.with as Json, scopeFor(log.state(), step));
  refuseFenced(log.state().origin, step.id, shown, found.action);
  const parsed = found.action.input.safeParse(shown);
  if (!parsed.success)
    throw new KnownError(
      'PLAN_INVALID',
      `${step.id}: ${step.uses} does not take this input: ${problems(parsed.error.issues)}`,
      `See ${step.uses} in docs/reference/actions.md.`,
    );
  const client = found.action.worksOn === 'run' ? deskOf(run, approvalHash(step, shown)) : found.client;
  const edits = editsOf(log.state(), [step.id]);
  return { ...run, action: found.action, input: parsed.data, shown, edits, ctx: contextOf(run, client, signal) };
}

const problems = (issues: readonly { path: PropertyKey[]; message: string }[]): string =>
  issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`).join('; ');

function contextOf({ step, log, ports }: StepRun, client: unknown, signal: AbortSignal): ActionContext<unknown> {
  return {
    client,
    key: `${log.state().id}/${step.id}`,
    signal,
    clock: ports.clock,
    log: (line) => ports.watch({ kind: 'output', step: step.id, line: ports.redact(line) }),
    note: (note) => log.append([{ type: 'step.noted', step: step.id, note }]),
    get notes() {
      return log.state().steps.get(step.id)?.notes ?? [];
    },
    inDoubt: isInDoubt(log.state(), step.id),
    again: log.state().steps.get(step.id)?.decision?.decision === 'retry',
    fence: (text) => refuseFenced(log.state().origin, step.id, text),
  };
}

/** A step that puts something back has no business when this run never took it away. */
function nothingToSettle({ action, input, log, step }: Prepared): boolean {
  const settles = action.settles?.(input);
  if (settles === undefined || begun(log, step)) return false;
  return !openObligations(log.state()).some((obligation) => obligation.id === settles);
}

async function approve(
  prepared: Prepared,
  seen: Observation<unknown>,
  grounds: readonly Ground[],
): Promise<'approved' | 'edited'> {
  const { action, input, shown, step, log } = prepared;
  const preview = { ...action.preview(input, seen), notes: notesOf(prepared, grounds) };
  const where = whereOf(shown, log.state().origin);
  if ((await approveParts(prepared, { preview, where })) === 'edited') return 'edited';
  if (!step.approve) return 'approved';
  const hash = approvalHash(step, shown);
  return waitForApproval({ ...prepared, asked: step.approve, hash, preview, where, among: [step.id] });
}

interface Reached {
  readonly output: Json;
  readonly proofs: readonly Proof[];
  readonly how: 'ran' | 'observed';
}

/** Waits for what an earlier process began, for as long as that attempt still has. Whatever comes of it then is another attempt. */
async function ended(prepared: Prepared, limit: number): Promise<AtRest> {
  const { action, ctx, input, step, log, ports } = prepared;
  const left = timeLeft(step.id, limit, log.state(), ports.clock.now());
  return withDeadline(deadline(prepared, left), async (signal) => {
    for (;;) {
      await ports.clock.sleep(POLL_EVERY_MS, signal);
      const seen = await action.observe({ ...ctx, signal }, input);
      if (seen.state !== 'running') return seen;
    }
  });
}

async function actOn(prepared: Prepared, seen: AtRest): Promise<Reached> {
  const { step, log } = prepared;
  const known = log.state().steps.get(step.id);
  const next = decide(seen, mayBeBegun(prepared), known?.decision?.decision === 'retry');
  if (next.do === 'verify') return succeed(prepared, next.output, 'observed');
  if (next.do === 'run') return succeed(prepared, await call(prepared, known), 'ran');
  throw new KnownError(
    'OUTCOME_UNKNOWN',
    `${step.id} was cut off: ${next.why}`,
    `Look, then: lifeboat decide ${log.state().id} ${step.id} retry|done|skip|undo|abort --reason "…"`,
  );
}

const mayBeBegun = ({ log, step }: StepRun): boolean => begun(log, step) || isInDoubt(log.state(), step.id);

/** What the owner before may have taken away is owed as if this process had: its own word on that may be lost. */
async function oweInDoubt({ action, ctx, input, step, log }: Prepared, seen: Observation<unknown>): Promise<void> {
  if (!action.owes || seen.state === 'absent' || !isInDoubt(log.state(), step.id)) return;
  const obligation = action.owes(input, ctx.key);
  if (openObligations(log.state()).some(({ id }) => id === obligation.id)) return;
  await log.append([{ type: 'obligation.opened', step: step.id, obligation }]);
}

async function call(prepared: Prepared, known: StepState | undefined): Promise<unknown> {
  const { action, ctx, input, shown, step, log } = prepared;
  const attempt = (known?.attempts ?? 0) + 1;
  requireWayBack(prepared);
  // An approval may have taken hours: what held before it is looked at once more.
  const grounds = await groundsOf({ ...prepared, prepare });
  requireTurn(prepared);
  const started: RunEvent = {
    type: 'step.started',
    step: step.id,
    attempt,
    action: action.name,
    danger: action.danger,
    input: shown,
    ...(grounds.length === 0 ? {} : { grounds }),
  };
  await log.append(
    action.owes
      ? [started, { type: 'obligation.opened', step: step.id, obligation: action.owes(input, ctx.key) }]
      : [started],
  );
  refuseOutdated(prepared);
  return action.run(ctx, input);
}

/** Somebody may have edited the input in the moment before the step began. What was not asked for is not carried out. */
function refuseOutdated({ edits, step, log }: Prepared): void {
  if (editsOf(log.state(), [step.id]) === edits) return;
  throw new KnownError(
    'STEP_FAILED',
    `${step.id} was edited in the moment in which it began: nothing was called`,
    `To begin with the new input: lifeboat decide ${log.state().id} ${step.id} retry --reason "…"`,
  );
}

/** Gives success only when the output is of its shape, the success condition holds and every proof holds: `exit 0` is not proof. */
async function succeed(prepared: Prepared, raw: unknown, how: 'ran' | 'observed'): Promise<Reached> {
  const { action, ctx, input, step, log, ports } = prepared;
  const parsed = action.output.safeParse(raw);
  if (!parsed.success)
    throw new KnownError(
      'TARGET_FAILED',
      `${step.id}: ${action.name} answered with something else than it promises: ${problems(parsed.error.issues)}`,
      'Nothing was concluded from it. Look at the target.',
    );
  const output = parsed.data as Json;
  if (
    step.success !== undefined &&
    !ports.expressions.condition(step.success, { ...scopeFor(log.state(), step), outputs: output })
  )
    throw new KnownError(
      'VERIFICATION_FAILED',
      `${step.id}: success is ${step.success}, and that is false for ${JSON.stringify(output).slice(0, LONGEST_SHOWN)}`,
      'The step ended, but not as the plan demands.',
    );
  const proofs = await action.verify(ctx, input, parsed.data);
  if (proofs.length === 0 || proofs.some((proof) => !proof.held)) throw new UnprovenError(step.id, proofs);
  return { output, proofs, how };
}

/** A step whose proofs do not all hold; keeps them for the journal. */
export class UnprovenError extends KnownError {
  readonly proofs: readonly Proof[];

  constructor(step: string, proofs: readonly Proof[]) {
    const broken = proofs.filter((proof) => !proof.held).map((proof) => `${proof.claim} (seen: ${proof.observed})`);
    super(
      'VERIFICATION_FAILED',
      `${step}: ${broken.length > 0 ? `not true: ${broken.join('; ')}` : 'nothing could be proven'}`,
      'Do not go on as if it had worked. Look at the target.',
    );
    this.proofs = proofs;
  }
}

/** Success and all that follows from it are kept together, so that a crash cannot part them. */
function successEvents(
  prepared: Prepared,
  { output, proofs, how }: Reached,
  since: string | undefined,
): readonly RunEvent[] {
  const { action, input, step, log, scenario } = prepared;
  const state = log.state();
  const events: RunEvent[] = [{ type: 'step.succeeded', step: step.id, how, output, proofs }];
  const settled = action.settles?.(input);
  if (settled !== undefined && openObligations(state).some((known) => known.id === settled))
    events.push({ type: 'obligation.settled', step: step.id, id: settled });
  events.push(...momentEvents(prepared, output));
  if (step.id === scenario.healthy && state.healthyAt === undefined)
    events.push({ type: 'run.healthy', step: step.id, ...(since === undefined ? {} : { since }) });
  return events;
}

/** What to keep of a failure: another try later, or the failure itself. */
export async function failureEvents(run: StepRun, error: unknown): Promise<readonly RunEvent[]> {
  const { step, log, ports } = run;
  const record = errorRecord(error);
  const known = log.state().steps.get(step.id);
  if (step.retry && isRetryable(error) && (known?.retries ?? 0) < step.retry.times) {
    const attempt = known?.attempts ?? 0;
    const pause = pauseBefore(step.retry, known?.retries ?? 0);
    const notBefore = new Date(ports.clock.now().getTime() + pause).toISOString();
    return [{ type: 'step.retrying', step: step.id, attempt, error: record, notBefore }];
  }
  const isProof = error instanceof UnprovenError || error instanceof NotProvenError;
  const proofs = isProof && error.proofs.length > 0 ? { proofs: error.proofs } : {};
  return [{ type: 'step.failed', step: step.id, error: record, ...proofs }, ...(await notOwedAfterAll(run))];
}

/** A step that failed before it had any effect owes nothing. Only a look at the world that says so settles it. */
async function notOwedAfterAll(run: StepRun): Promise<readonly RunEvent[]> {
  const owed = openObligations(run.log.state()).filter((obligation) => obligation.step === run.step.id);
  if (owed.length === 0) return [];
  try {
    const { action, ctx, input } = prepare(run);
    const seen = await withDeadline(deadline(run, action.timeout, 'looking at the world'), (signal) =>
      action.observe({ ...ctx, signal }, input),
    );
    return seen.state === 'absent'
      ? owed.map((obligation) => ({ type: 'obligation.settled', step: run.step.id, id: obligation.id }) as const)
      : [];
  } catch (unseen) {
    run.ports.watch({
      kind: 'output',
      step: run.step.id,
      line: run.ports.redact(`what it left could not be looked at: ${errorRecord(unseen).message}`),
    });
    return [];
  }
}
