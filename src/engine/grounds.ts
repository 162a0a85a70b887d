import type { Json } from '../lib/json.ts';
import { errorRecord, KnownError } from '../model/errors.ts';
import { safetyPointsOf } from '../model/plan.ts';
import type { Ground, Proof } from '../model/run.ts';
import type { RunStep } from '../model/run-scenario.ts';
import type { RunState, StepState } from '../model/run-state.ts';
import { inPlaceOf } from './branches.ts';
import type { Prepared, StepRun } from './run-step.ts';

/** What is needed to look at other steps again, as they were carried out. */
export interface Looking extends StepRun {
  prepare(run: StepRun): Prepared;
}

/**
 * All that a step rests on, looked at now: that what must be proven before it still holds, and the recovery points it demands.
 * Throws NOT_PROVEN or SAFETY_POINT_MISSING. What cannot be looked at does not hold.
 */
export async function groundsOf(looking: Looking): Promise<readonly Ground[]> {
  const grounds: Ground[] = [];
  for (const named of stepsToProve(looking)) grounds.push(await provenAgain(named, looking));
  for (const component of safetyPointsOf(looking.step)) grounds.push(await safetyPoint(component, looking));
  return grounds;
}

/** A proof that does not hold any more; keeps what was seen for the journal. */
export class NotProvenError extends KnownError {
  readonly proofs: readonly Proof[];

  constructor({ step, log }: Pick<StepRun, 'step' | 'log'>, why: string, proofs: readonly Proof[] = []) {
    super(
      'NOT_PROVEN',
      `${step.id} was not begun, because ${why}`,
      `Repair that, then: lifeboat decide ${log.state().id} ${step.id} retry --reason "…"`,
    );
    this.proofs = proofs;
  }
}

function stepsToProve(looking: Looking): readonly RunStep[] {
  const { step, scenario, log } = looking;
  const found = (step.proven ?? []).flatMap((id) => {
    const named = scenario.steps.find((one) => one.id === id);
    if (!named) throw new NotProvenError(looking, `${id}, which must be proven before it, is no step of this run`);
    const meant = inPlaceOf(scenario, named, step, log.state());
    if (meant.length === 0) throw new NotProvenError(looking, `neither ${id} nor another way in its place was gone`);
    return meant;
  });
  return [...new Set(found)];
}

async function provenAgain(named: RunStep, looking: Looking): Promise<Ground> {
  const known = looking.log.state().steps.get(named.id);
  const progress = known?.progress;
  if (progress?.status !== 'succeeded') throw new NotProvenError(looking, `${named.id} ${standsAs(known)}`);
  if (progress.how === 'decided') {
    const by = known?.decision?.by ?? 'somebody';
    return { kind: 'proven', step: named.id, by, proofs: progress.proofs };
  }
  const proofs = await verifiedAgain(named, progress.output, looking);
  const broken = proofs.filter(({ held }) => !held).map(({ claim, observed }) => `${claim} (seen: ${observed})`);
  if (proofs.length === 0) throw new NotProvenError(looking, `nothing proves ${named.id} any more`);
  if (broken.length > 0)
    throw new NotProvenError(looking, `${named.id} does not hold any more: ${broken.join('; ')}`, proofs);
  const by = known && isOnWord(named, looking) ? wordOf(known) : undefined;
  return { kind: 'proven', step: named.id, proofs, ...(by === undefined ? {} : { by }) };
}

function standsAs(known: StepState | undefined): string {
  const progress = known?.progress;
  if (progress?.status === 'skipped') return `was left out: ${progress.why}`;
  if (progress?.status === 'failed') return `failed: ${progress.error.message}`;
  return `has not succeeded, it is ${progress?.status ?? 'queued'}`;
}

async function verifiedAgain(named: RunStep, output: Json, looking: Looking): Promise<readonly Proof[]> {
  try {
    const { action, ctx, input } = looking.prepare({ ...looking, step: named });
    return await action.verify(ctx, input, action.output.parse(output));
  } catch (error) {
    looking.signal.throwIfAborted();
    const { message } = errorRecord(error);
    throw new NotProvenError(looking, `${named.id} could not be looked at again: ${message}`);
  }
}

/** What people do or answer, no machine can look at. */
const isOnWord = ({ uses }: RunStep, { ports }: Looking): boolean =>
  ports.actions.find(uses)?.action.worksOn === 'run' && uses.startsWith('human.');

function wordOf({ answer, approvals }: StepState): string | undefined {
  const people = answer?.by ?? [...new Set(approvals.map(({ by }) => by))].join(', ');
  return people === '' ? undefined : people;
}

async function safetyPoint(component: string, looking: Looking): Promise<Ground> {
  const { log, ports } = looking;
  const state = log.state();
  const found = await ports.safetyPoints
    .since(component, new Date(state.createdAt))
    .catch((error: unknown) => ({ missing: `they cannot be looked at: ${errorRecord(error).message}` }));
  if ('point' in found) return { kind: 'safety point', component, point: found.point, at: found.at };
  const waived = waiverOf(component, looking);
  if (waived) return waived;
  throw missingPoint(component, found.missing, looking);
}

/** Somebody took it upon himself; that holds for every further try of this step. */
function waiverOf(component: string, { step, log }: Looking): Ground | undefined {
  const known = log.state().steps.get(step.id);
  if (known?.decision?.withoutSafetyPoint) {
    const { by, reason } = known.decision;
    return { kind: 'no safety point', component, by, reason };
  }
  return known?.grounds?.find((ground) => ground.kind === 'no safety point' && ground.component === component);
}

function missingPoint(component: string, why: string, { step, log }: Looking): KnownError {
  const state = log.state();
  const retry = `lifeboat decide ${state.id} ${step.id} retry`;
  return new KnownError(
    'SAFETY_POINT_MISSING',
    `${step.id} was not begun, because no whole recovery point of ${component} was taken since the run began: ${why}`,
    `Take one: lifeboat backup ${component}${elsewhere(state)}; then: ${retry} --reason "…". What is broken cannot be backed up: ${retry} --without-safety-point --reason "…"`,
  );
}

/** The first environment of a plan needs no naming. */
function elsewhere({ origin }: RunState): string {
  const [first] = Object.keys((origin.plan.environments ?? {}) as object);
  return first === origin.environment ? '' : ` --environment ${origin.environment}`;
}
