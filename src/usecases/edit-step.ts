import { refuseFenced } from '../engine/fence.ts';
import { scopeFor } from '../engine/scope.ts';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { editable } from '../model/approvals.ts';
import { asEdited } from '../model/edited.ts';
import { errorRecord, KnownError } from '../model/errors.ts';
import { type RunStep, scenarioOfRun } from '../model/run-scenario.ts';
import { openObligations, type RunState, type StepState } from '../model/run-state.ts';
import { typedValue } from '../plan/typed-value.ts';
import { unknownName } from './find-component.ts';
import { findRun } from './find-run.ts';
import { type KeptWord, keepWord } from './keep-word.ts';
import { isOver } from './resume.ts';
import type { Services } from './services.ts';

export interface EditRequest {
  readonly run: string;
  readonly step: string;
  /** `key=value` texts; the key may lead further inside with dots. */
  readonly set: readonly string[];
  readonly reason?: string;
  readonly by?: string;
}

export interface EditResult extends KeptWord {
  readonly run: string;
  readonly step: string;
  readonly by: string;
  readonly changed: readonly { readonly key: string; readonly from?: Json; readonly to: Json }[];
  /** Who had approved what it was before: they are asked anew. */
  readonly void_approvals: readonly string[];
  /** What else must be typed for the step to begin with it. */
  readonly then?: string;
}

/** Gives a step that has not begun another input, with a reason. Approvals of the one before are void. */
export async function editStep(request: EditRequest, services: Services): Promise<EditResult> {
  const { journal, state } = await findRun(request.run, services);
  const step = requireEditable(state, request.step);
  const changes = changesFrom(request.set);
  if (!request.reason?.trim()) throw new KnownError('USAGE', 'an edit needs a reason', 'Add: --reason "…"');
  const before = asEdited(step, state).with as JsonObject;
  const input = changes.reduce((sum, { key, to }) => placed(sum, key.split('.'), to), before);
  requireChange(before, input, step.id);
  requireNoSecret(input, services);
  requireValid({ ...step, with: input }, state, services);
  const by = request.by ?? services.actor;
  const reason = services.redact(request.reason);
  const word = { type: 'step.edited', step: step.id, with: input, reason } as const;
  const kept = await keepWord({ journal, state, by, word }, services);
  const known = state.steps.get(step.id);
  const then = thenOf(state, step.id, known);
  return {
    run: state.id,
    step: step.id,
    by,
    changed: changes.map(({ key, to }) => ({ key, ...fromOf(before, key), to })),
    void_approvals: [...new Set((known?.approvals ?? []).map((one) => one.by))],
    ...(then === undefined ? {} : { then }),
    ...kept,
  };
}

function requireEditable(state: RunState, id: string): RunStep {
  const { steps } = scenarioOfRun(state);
  const step = steps.find((one) => one.id === id);
  if (isOver(state.status))
    throw new KnownError('USAGE', `the run ${state.id} is over: ${state.status}`, `See: lifeboat status ${state.id}`);
  if (!step)
    throw unknownName(
      'step',
      id,
      steps.map((one) => one.id),
    );
  if (step.for_each !== undefined)
    throw new KnownError(
      'USAGE',
      `the step ${id} does nothing itself: it is carried out for each of several items`,
      `Edit one of them once they are known: lifeboat decide ${state.id} ${id}.0 edit --set key=value --reason "…"`,
    );
  const known = state.steps.get(id);
  if (known && !editable(known))
    throw new KnownError(
      'USAGE',
      `the step ${id} is ${WORDS[known.progress.status]}: its input cannot be changed any more`,
      `See: lifeboat status ${state.id}`,
    );
  const owed = openObligations(state).find((one) => one.step === id);
  if (owed)
    throw new KnownError(
      'OBLIGATION_OPEN',
      `with its input the step ${id} would forget what it must put back: ${owed.what}`,
      `First: lifeboat decide ${state.id} ${id} undo --reason "…"`,
    );
  return step;
}

const WORDS: Readonly<Record<StepState['progress']['status'], string>> = {
  queued: 'not begun',
  waiting: 'waiting for somebody to do something',
  running: 'under way',
  retrying: 'under way',
  succeeded: 'done',
  failed: 'over',
  skipped: 'left out',
  undoing: 'being taken back',
  undone: 'taken back',
};

function changesFrom(set: readonly string[]): readonly { readonly key: string; readonly to: Json }[] {
  if (set.length === 0) throw new KnownError('USAGE', 'nothing is said to be changed', 'Add: --set key=value');
  return set.map((text) => {
    const at = text.indexOf('=');
    if (at <= 0) throw new KnownError('USAGE', `--set ${text} has no value`, 'Write it as --set key=value.');
    return { key: text.slice(0, at), to: typedValue(text.slice(at + 1)) };
  });
}

/** The value with one place inside it replaced; maps that are missing on the way are made. */
function placed(value: JsonObject, [key = '', ...rest]: readonly string[], to: Json): JsonObject {
  if (key === '') throw new KnownError('USAGE', 'a key of --set is empty', 'Write it as --set outer.inner=value.');
  const inner = Object.hasOwn(value, key) ? value[key] : undefined;
  if (rest.length === 0) return { ...value, [key]: to };
  if (inner !== undefined && !isJsonObject(inner))
    throw new KnownError('USAGE', `${key} holds no further keys`, `Set it as a whole: --set ${key}=value`);
  return { ...value, [key]: placed(inner ?? {}, rest, to) };
}

function fromOf(input: JsonObject, key: string): { from?: Json } {
  let here: Json | undefined = input;
  for (const part of key.split('.')) here = isJsonObject(here) && Object.hasOwn(here, part) ? here[part] : undefined;
  return here === undefined ? {} : { from: here };
}

function requireChange(before: JsonObject, after: JsonObject, step: string): void {
  if (canonicalJson(before) !== canonicalJson(after)) return;
  throw new KnownError('USAGE', `${step} has that input already`, 'Nothing was kept.');
}

function requireNoSecret(input: JsonObject, { redact }: Services): void {
  const text = JSON.stringify(input);
  if (redact(text) === text) return;
  throw new KnownError(
    'USAGE',
    'this input holds the text of a secret, which is written nowhere',
    'Refer to it: --set \'key=${{ secret("env:NAME") }}\'',
  );
}

/** What the step would really get, as far as that is known by now: of the right form, and nothing that the run must not touch. */
function requireValid(step: RunStep, state: RunState, services: Services): void {
  const action = services.actions.get(step.uses);
  if (!action)
    throw new KnownError('PLAN_INVALID', `the action ${step.uses} is not in this build`, 'Nothing was kept.');
  const later = new Set<PropertyKey>();
  const known = Object.entries(step.with as JsonObject).map(([key, value]) => {
    const resolved = resolve(value, step, state, services);
    if (resolved === undefined) later.add(key);
    return [key, resolved ?? value] as const;
  });
  const input = Object.fromEntries(known);
  refuseFenced(state.origin, step.id, input, action);
  const issues = (action.input.safeParse(input).error?.issues ?? []).filter(({ path }) => !later.has(path[0] ?? ''));
  if (issues.length === 0) return;
  throw new KnownError(
    'USAGE',
    `${step.uses} does not take this input: ${issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join('; ')}`,
    `Nothing was kept. See ${step.uses} in docs/reference/actions.md.`,
  );
}

/** Undefined where a value depends on steps that have not ended. Throws for one that never can be resolved. */
function resolve(value: Json, step: RunStep, state: RunState, services: Services): Json | undefined {
  try {
    return services.expressions.resolve(value, scopeFor(state, step));
  } catch (error) {
    const mayCome = JSON.stringify(value).includes('steps.') && scenarioOfRun(state).steps.some(isOpen(state));
    if (errorRecord(error).code === 'PLAN_INVALID' && mayCome) return undefined;
    throw error;
  }
}

const isOpen =
  (state: RunState) =>
  ({ id }: RunStep): boolean =>
    state.steps.get(id)?.output === undefined;

function thenOf(state: RunState, step: string, known: StepState | undefined): string | undefined {
  const waits = known?.progress.status === 'waiting' ? known.progress.waitsFor.kind : undefined;
  return waits === 'decision' ? `lifeboat decide ${state.id} ${step} retry --reason "…"` : undefined;
}
