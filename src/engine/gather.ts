import type { Json, JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { itemText, wrongItems } from '../model/plan/for-each.ts';
import type { Preview, RunEvent } from '../model/run.ts';
import { stepsForItem } from '../model/run-items.ts';
import type { RunStep } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';
import { whereOf } from '../model/where.ts';
import { approveParts, gravest } from './approve-parts.ts';
import { waitForApproval } from './ask-person.ts';
import { type Item, type ItemsStanding, isCollecting, standingOf } from './items.ts';
import type { StepRun } from './run-step.ts';
import { approvalHash, outputsIn, scopeFor } from './scope.ts';
import { requireTurn } from './turn.ts';

/**
 * A step with for_each, which does nothing itself: it keeps for what it is carried out, and is carried out again when its items have
 * come to rest, to say how they ended.
 */
export async function gather(run: StepRun): Promise<void> {
  const { step, log } = run;
  const state = log.state();
  if (isCollecting(step, state)) return log.append(collected(run, standingOf(step.id, state)));
  const items = state.items.get(step.id) ?? (await newItems(run));
  requireTurn(run);
  await log.append(items.length === 0 ? ended(run, nothing) : [{ type: 'step.items', step: step.id, items }]);
}

async function newItems(run: StepRun): Promise<readonly Json[]> {
  const { step } = run;
  const items = itemsOf(run);
  if (items.length === 0 && step.may_be_empty !== true)
    throw new KnownError(
      'VERIFICATION_FAILED',
      `${step.id}: for_each gives an empty list, so nothing was done`,
      'Look at why there is nothing. If that can be right, write may_be_empty: true at the step.',
    );
  // Who is asked for a procedure around it may edit a step of that instead: then it is asked anew.
  if (items.length > 0) while ((await approve(run, items)) === 'edited');
  return items;
}

/** What is needed to tell what a step is carried out for. */
interface Asking extends Pick<StepRun, 'step' | 'ports'> {
  readonly log: Pick<StepRun['log'], 'state'>;
}

/** What a step is carried out for, as it stands now. Throws PLAN_INVALID when that cannot be. */
export function itemsOf({ step, log, ports }: Asking): readonly Json[] {
  const items = ports.expressions.resolve(step.for_each as Json, scopeFor(log.state(), step));
  const wrong = wrongItems(items);
  if (wrong !== undefined)
    throw new KnownError(
      'PLAN_INVALID',
      `${step.id}: for_each cannot be carried out: ${wrong}`,
      'for_each takes a list of texts, numbers, truths or maps. Look at what gives it; a text is made one with split(",").',
    );
  // What is kept passes the redactor, and a run must not work with what that left of an item.
  if (JSON.stringify(items) !== ports.redact(JSON.stringify(items)))
    throw new KnownError(
      'PLAN_INVALID',
      `${step.id}: an item of for_each holds a secret`,
      'Let the items name what is meant, and give the action a reference to the secret.',
    );
  return items as readonly Json[];
}

/** Asked once, for all items: the yes is bound to all of them. */
async function approve(run: StepRun, items: readonly Json[]): Promise<'approved' | 'edited'> {
  const { step, log } = run;
  const shown = { preview: previewOf(run, items), where: whereOf(step.with as Json, log.state().origin) };
  if ((await approveParts(run, shown)) === 'edited') return 'edited';
  if (!step.approve) return 'approved';
  const hash = approvalHash(step, items as Json);
  return waitForApproval({ ...run, ...shown, asked: step.approve, hash, among: [step.id] });
}

/** More would push the question off the screen. */
const SHOWN = 10;

/** What would be done, for all items together. */
export function previewOf(run: Asking, items: readonly Json[]): Preview {
  const { step, ports } = run;
  const { at_once: atOnce = 1, may_fail: mayFail = 0 } = step;
  const names = items.slice(0, SHOWN).map(itemText).join(', ');
  const more = items.length > SHOWN ? `, and ${items.length - SHOWN} more` : '';
  const changes = items.slice(0, SHOWN).flatMap((item, index) => changesFor(run, index, item));
  return {
    danger: gravest([step], { danger: 'read' }, ports),
    changes: [
      `all of ${step.id}, ${atOnce} at a time, ${mayFail} may fail: ${items.length} items: ${names}${more}`,
      ...changes,
    ],
  };
}

/** What depends on an earlier step of a procedure can only be named. */
function changesFor({ step, log, ports }: Asking, index: number, item: Json) {
  return stepsForItem(step, index, item).flatMap((one): readonly string[] => {
    const action = ports.actions.find(one.uses)?.action;
    if (!action || one.for_each !== undefined) return [one.id];
    try {
      const parsed = action.input.safeParse(ports.expressions.resolve(one.with as Json, scopeFor(log.state(), one)));
      return parsed.success
        ? action.preview(parsed.data, { state: 'absent' }).changes
        : [`${one.id}: ${action.summary}`];
    } catch (error) {
      if (error instanceof KnownError && error.code === 'PLAN_INVALID') return [`${one.id}: ${action.summary}`];
      throw error;
    }
  });
}

const nothing: ItemsStanding = { items: [], ended: new Map(), underWay: new Set(), next: new Set(), failed: 0 };

/** Everything that follows when the last item has come to rest: what was not begun, and how it ended as a whole. */
function collected(run: StepRun, standing: ItemsStanding): readonly RunEvent[] {
  const { step } = run;
  const { items, ended: ends, failed } = standing;
  const mayFail = step.may_fail ?? 0;
  const notBegun = items.filter(({ of }) => !ends.has(of.index));
  const why = `${failed} of the items of ${step.id} failed, and ${mayFail} may`;
  const skipped = notBegun.flatMap(({ steps }) =>
    steps.map(({ id }): RunEvent => ({ type: 'step.skipped', step: id, why })),
  );
  const all = [...ends.values()];
  const isNothingDone = !all.includes('succeeded');
  if (failed > mayFail || (isNothingDone && failed > 0)) return [...skipped, failure(run, standing)];
  if (isNothingDone) return [{ type: 'step.skipped', step: step.id, why: `all ${items.length} items were left out` }];
  return ended(run, standing);
}

function failure({ step, log }: StepRun, { items, ended: ends, failed }: ItemsStanding): RunEvent {
  const broken = items.flatMap(({ of }) => (ends.get(of.index) === 'failed' ? [`${step.id}.${of.index}`] : []));
  const names = `${broken.slice(0, 5).join(', ')}${broken.length > 5 ? ', …' : ''}`;
  const message = `${step.id}: ${failed} of ${items.length} items failed (${names}), and ${step.may_fail ?? 0} may`;
  const hint = `lifeboat decide ${log.state().id} ${step.id} retry --reason "…" tries what failed and what was not begun again.`;
  return { type: 'step.failed', step: step.id, error: { code: 'STEP_FAILED', message, hint } };
}

/** Success of the whole, and what follows from it. */
function ended({ step, log, scenario }: StepRun, standing: ItemsStanding): readonly RunEvent[] {
  const state = log.state();
  const count = (end: string) => [...standing.ended.values()].filter((one) => one === end).length;
  const [succeeded, failed, skipped] = ['succeeded', 'failed', 'skipped'].map(count) as [number, number, number];
  const output = { items: standing.items.map((item) => resultOf(item, standing, state)), succeeded, failed, skipped };
  const claim = `of ${standing.items.length} items at most ${step.may_fail ?? 0} failed`;
  const proofs = [{ claim, held: true, observed: `${succeeded} succeeded, ${failed} failed, ${skipped} left out` }];
  const success: RunEvent = { type: 'step.succeeded', step: step.id, how: 'ran', output, proofs };
  const isHealthy = step.id === scenario.healthy && state.healthyAt === undefined;
  return isHealthy ? [success, { type: 'run.healthy', step: step.id }] : [success];
}

function resultOf({ of, steps }: Item, { ended: ends }: ItemsStanding, state: RunState): JsonObject {
  const outputs = outputsOf(of, steps, state);
  const status = ends.get(of.index) as string;
  return { item: of.item, status, ...(outputs === undefined ? {} : { outputs }) };
}

/** Of a procedure what its steps put out, by their names. */
function outputsOf({ step, index }: Item['of'], steps: readonly RunStep[], state: RunState): Json | undefined {
  const id = `${step}.${index}`;
  return steps.length === 1 && steps[0]?.id === id ? state.steps.get(id)?.output : outputsIn(state, `${id}.`);
}
