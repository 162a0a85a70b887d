import type { ActionContext, AnyAction, Observation } from '../actions/action.ts';
import { parseDuration } from '../lib/duration.ts';
import type { Json } from '../lib/json.ts';
import { errorRecord, isRetryable, KnownError } from '../model/errors.ts';
import { DANGERS, type Preview, type Proof, type RunEvent } from '../model/run.ts';
import type { RunScenario, RunStep } from '../model/run-scenario.ts';
import { openObligations, type RunState, type StepState } from '../model/run-state.ts';
import { waitForApproval } from './ask-person.ts';
import { decide } from './decide.ts';
import { deskOf } from './desk.ts';
import { refuseFenced } from './fence.ts';
import type { EnginePorts } from './ports.ts';
import type { RunLog } from './run-log.ts';
import { approvalHash, aroundPart, partHash, scopeFor, scopeOf } from './scope.ts';
import { type Deadline, withDeadline } from './with-deadline.ts';

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

interface Prepared extends StepRun {
  readonly action: AnyAction;
  readonly ctx: ActionContext<unknown>;
  readonly input: unknown;
  readonly shown: Json;
}

/** Carries one step out, from wherever an earlier process left it. Returns when it is settled in the log; throws what stopped it. */
export async function runStep(run: StepRun): Promise<void> {
  const { step, log } = run;
  const unwanted = begun(log, step) ? undefined : falseCondition(run);
  if (unwanted !== undefined)
    return log.append([{ type: 'step.skipped', step: step.id, why: `when ${unwanted} is false` }]);
  const prepared = prepare(run);
  if (nothingToSettle(prepared))
    return log.append([
      { type: 'step.skipped', step: step.id, why: 'this run left nothing that needs to be put back here' },
    ]);
  const limit = step.timeout === undefined ? prepared.action.timeout : (parseDuration(step.timeout) as number);
  const first = await withDeadline(deadline(run, limit, 'looking at the world'), (signal) =>
    prepared.action.observe({ ...prepared.ctx, signal }, prepared.input),
  );
  if (first.state !== 'done') await approve(prepared, first);
  await withDeadline(deadline(run, limit), (signal) => actOn({ ...prepared, ctx: { ...prepared.ctx, signal } }, first));
}

/** The first condition that does not hold: of the procedures around the step, the outermost first, then its own. */
function falseCondition({ step, log, ports }: StepRun): string | undefined {
  const state = log.state();
  const conditions = [
    ...(step.parts ?? []).map(({ id, when }) => ({ when, scope: () => scopeOf(state, aroundPart(id)) })),
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
export function prepare(run: StepRun): Prepared {
  const { step, log, ports, signal } = run;
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
  return { ...run, action: found.action, input: parsed.data, shown, ctx: contextOf(run, client, signal) };
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

async function approve(prepared: Prepared, seen: Observation<unknown>): Promise<void> {
  const { action, input, shown, step, ports, scenario } = prepared;
  const preview = action.preview(input, seen);
  for (const { id, approve: asked } of step.parts ?? []) {
    const inside = scenario.steps.filter((one) => one.parts?.some((part) => part.id === id));
    const whole = { hash: partHash(scenario, id), preview: previewOfPart(id, inside, preview, ports) };
    if (asked) await waitForApproval({ ...prepared, asked, ...whole, among: inside.map((one) => one.id) });
  }
  if (step.approve)
    await waitForApproval({
      ...prepared,
      asked: step.approve,
      hash: approvalHash(step, shown),
      preview,
      among: [step.id],
    });
}

/** Who approves the use of a procedure approves all of it, so the gravest of its steps is what they are told. */
function previewOfPart(id: string, inside: readonly RunStep[], first: Preview, { actions }: EnginePorts): Preview {
  const dangers = inside.flatMap(({ uses }) => actions.find(uses)?.action.danger ?? []);
  const danger = DANGERS.findLast((one) => dangers.includes(one) || one === first.danger) ?? first.danger;
  return { danger, changes: [`all of ${id}: ${inside.map((step) => step.id).join(', ')}`, ...first.changes] };
}

async function actOn(prepared: Prepared, first: Observation<unknown>): Promise<void> {
  const { action, ctx, input, step, log, ports } = prepared;
  const known = log.state().steps.get(step.id);
  for (let seen = first; ; seen = await action.observe(ctx, input)) {
    const next = decide(seen, (known?.attempts ?? 0) > 0, known?.decision?.decision === 'retry');
    if (next.do === 'verify') return succeed(prepared, next.output, 'observed');
    if (next.do === 'run') return succeed(prepared, await call(prepared, known), 'ran');
    if (next.do === 'ask')
      throw new KnownError(
        'OUTCOME_UNKNOWN',
        `${step.id} was cut off: ${next.why}`,
        `Look, then: lifeboat decide ${log.state().id} ${step.id} retry|done|skip|undo|abort --reason "…"`,
      );
    await ports.clock.sleep(POLL_EVERY_MS, ctx.signal);
  }
}

async function call(prepared: Prepared, known: StepState | undefined): Promise<unknown> {
  const { action, ctx, input, shown, step, log } = prepared;
  const attempt = (known?.attempts ?? 0) + 1;
  const started: RunEvent = {
    type: 'step.started',
    step: step.id,
    attempt,
    action: action.name,
    danger: action.danger,
    input: shown,
  };
  await log.append(
    action.owes
      ? [started, { type: 'obligation.opened', step: step.id, obligation: action.owes(input, ctx.key) }]
      : [started],
  );
  return action.run(ctx, input);
}

/** Keeps success only when the output is of its shape, the success condition holds and every proof holds: `exit 0` is not proof. */
async function succeed(prepared: Prepared, raw: unknown, how: 'ran' | 'observed'): Promise<void> {
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
  await log.append(successEvents(prepared, output, proofs, how));
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
  output: Json,
  proofs: readonly Proof[],
  how: 'ran' | 'observed',
): readonly RunEvent[] {
  const { action, input, step, log, scenario } = prepared;
  const state = log.state();
  const events: RunEvent[] = [{ type: 'step.succeeded', step: step.id, how, output, proofs }];
  const settled = action.settles?.(input);
  if (settled !== undefined && openObligations(state).some((known) => known.id === settled))
    events.push({ type: 'obligation.settled', step: step.id, id: settled });
  const impactAt = impactFrom(prepared, output);
  if (impactAt) events.push({ type: 'run.impact', impactAt, source: `found by the step ${step.id}` });
  if (step.id === scenario.healthy && state.healthyAt === undefined)
    events.push({ type: 'run.healthy', step: step.id });
  return events;
}

/** The moment of impact, as soon as the step that finds it has ended. What a person said at the start is not overruled. */
function impactFrom({ scenario, step, log, ports }: Prepared, output: Json): string | undefined {
  const state = log.state();
  if (scenario.impact === undefined || state.origin.impactAt !== undefined || !state.impactSource.startsWith('assumed'))
    return undefined;
  try {
    const found = ports.expressions.resolve(scenario.impact, scopeOf(withOutput(state, step.id, output)));
    return typeof found === 'string' && !Number.isNaN(Date.parse(found)) ? new Date(found).toISOString() : undefined;
  } catch (error) {
    if (error instanceof KnownError && error.code === 'PLAN_INVALID') return undefined;
    throw error;
  }
}

/** The state as it will be once the step's success is kept. */
function withOutput(state: RunState, id: string, output: Json): RunState {
  const step = state.steps.get(id) ?? {
    id,
    progress: { status: 'queued' },
    attempts: 0,
    retries: 0,
    notes: [],
    approvals: [],
  };
  const progress = { status: 'succeeded', how: 'ran', output, proofs: [], finishedAt: '' } as const;
  return { ...state, steps: new Map(state.steps).set(id, { ...step, output, progress }) };
}

/** What to keep of a failure: another try later, or the failure itself. */
export async function failureEvents(run: StepRun, error: unknown): Promise<readonly RunEvent[]> {
  const { step, log, ports } = run;
  const record = errorRecord(error);
  const known = log.state().steps.get(step.id);
  if (step.retry && isRetryable(error) && (known?.retries ?? 0) < step.retry.times) {
    const attempt = known?.attempts ?? 0;
    const notBefore = new Date(ports.clock.now().getTime() + (parseDuration(step.retry.every) as number)).toISOString();
    return [{ type: 'step.retrying', step: step.id, attempt, error: record, notBefore }];
  }
  const proofs = error instanceof UnprovenError ? { proofs: error.proofs } : {};
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
