import { aroundPart, scopeFor, scopeOf } from '../../../src/engine/scope.ts';
import type { Json, JsonObject } from '../../../src/lib/json.ts';
import type { RunOrigin } from '../../../src/model/run.ts';
import { type RunScenario, type RunStep, scenarioOfRun } from '../../../src/model/run-scenario.ts';
import type { RunState, StepState } from '../../../src/model/run-state.ts';
import { expressions } from '../../../src/plan/expressions.ts';

/** A text where nothing says what is needed; it is a moment as well, for those who expect one. */
const SOMETHING = '2026-01-14T02:00:00.000Z';
const CANDIDATES: readonly Json[] = [SOMETHING, true, false, 0, 1, 7, 200];

/** What could not be worked out from the expressions that use it, by `scenario/step`. */
const BY_HAND: Readonly<Record<string, JsonObject>> = {};

/** Which `when` is to be false; all others are to be true as far as they agree. */
export type Unwanted = string | undefined;

export interface Derived {
  readonly inputs: JsonObject;
  readonly outputs: ReadonlyMap<string, JsonObject>;
  /** Steps of which the table had to say it. */
  readonly byHand: readonly string[];
}

/** What inputs and steps must say so that every expression of a scenario can be worked out and every success condition holds. */
export function derive(origin: RunOrigin, unwanted: Unwanted): Derived {
  const scenario = scenarioOfRun({ origin });
  const inputs = inputsFor(scenario, origin, unwanted);
  const state = imagined({ ...origin, inputs }, scenario);
  const outputs = new Map<string, JsonObject>();
  const byHand: string[] = [];
  for (const step of scenario.steps) {
    const said = BY_HAND[`${origin.scenario}/${step.id}`];
    if (said) byHand.push(`${origin.scenario}/${step.id}`);
    const output = said ?? outputFor(step, scenario, state, unwanted);
    outputs.set(step.id, output);
    state.steps.set(step.id, succeeded(step.id, output));
  }
  return { inputs, outputs, byHand };
}

/** Every condition of the scenario, once. */
export const conditionsOf = (scenario: RunScenario): readonly string[] =>
  [
    ...new Set(scenario.steps.flatMap(({ when, parts }) => [...(parts ?? []).map((part) => part.when), when])).values(),
  ].filter((when) => when !== undefined);

type Imagined = RunState & { readonly steps: Map<string, StepState> };

function imagined(origin: RunOrigin, { steps }: RunScenario): Imagined {
  const about = {
    createdAt: SOMETHING,
    createdBy: 'ada',
    drivers: [],
    epoch: 1,
    lastSeq: 1,
    obligations: [],
    waits: [],
    waitingSteps: 0,
    items: new Map(),
  };
  const impact = { impactAt: SOMETHING, impactSource: 'assumed' };
  const known = new Map(steps.map(({ id }) => [id, succeeded(id, {})] as const));
  return { id: 'run-1', origin, status: 'running', ...about, ...impact, steps: known };
}

const succeeded = (id: string, output: JsonObject): StepState => ({
  id,
  progress: { status: 'succeeded', how: 'ran', output, proofs: [], finishedAt: SOMETHING },
  output,
  ...{ attempts: 1, retries: 0, notes: [], approvals: [] },
});

function inputsFor(scenario: RunScenario, origin: RunOrigin, unwanted: Unwanted): JsonObject {
  const inputs: Record<string, Json> = { ...origin.inputs };
  for (const when of conditionsOf(scenario)) {
    const [, name] = /\binputs\.(\w+)/.exec(when) ?? [];
    if (name === undefined) continue;
    const fits = (value: Json) => holds(when, { inputs: { ...inputs, [name]: value } }) === (when !== unwanted);
    inputs[name] = [inputs[name] as Json, ...CANDIDATES].find(fits) as Json;
  }
  return inputs;
}

function outputFor(step: RunStep, scenario: RunScenario, state: Imagined, unwanted: Unwanted): JsonObject {
  const fields = fieldsOf(step, scenario);
  const scope = scopeFor(state, step);
  const pool = [...new Set([...CANDIDATES, ...textsIn(state.origin.inputs), ...outputsIn(state)])];
  let best: { output: JsonObject; score: number } | undefined;
  for (const output of combinations(fields, pool)) {
    if (step.success !== undefined && !holds(step.success, { ...scope, outputs: output })) continue;
    const score = scoreOf(step, output, scenario, state, unwanted);
    if (!best || score > best.score) best = { output, score };
    if (score === 0) break;
  }
  if (!best) throw new Error(`${scenario.title}: nothing satisfies ${step.id}: ${step.success}`);
  return best.output;
}

/** 0 when every condition on this step comes out as it is wanted; below, when some cannot. */
function scoreOf(
  step: RunStep,
  output: JsonObject,
  scenario: RunScenario,
  state: Imagined,
  unwanted: Unwanted,
): number {
  const before = state.steps.get(step.id) as StepState;
  state.steps.set(step.id, succeeded(step.id, output));
  const wrong = conditionsAbout(step, scenario).filter(
    ({ when, around }) => holds(when, scopeOf(state, around)) !== (when !== unwanted),
  );
  state.steps.set(step.id, before);
  return -wrong.length;
}

interface Condition {
  readonly when: string;
  readonly around: string;
}

function conditionsAbout(step: RunStep, scenario: RunScenario): readonly Condition[] {
  const all = scenario.steps.flatMap(({ when, parts = [] }) => [
    ...parts.map((part) => ({ when: part.when, around: aroundPart(part.id) })),
    { when, around: parts.at(-1)?.id ?? '' },
  ]);
  const about = (one: { when: string | undefined; around: string }): one is Condition =>
    one.when !== undefined && usedIn(one.when, one.around, scenario).some(({ id }) => id === step.id);
  return all.filter(about);
}

/** The fields of a step that others use, and those that its own success condition is about. */
function fieldsOf(step: RunStep, scenario: RunScenario): readonly string[] {
  const own = [...(step.success ?? '').matchAll(/(?<![\w.\]])outputs\.(\w+)/g)].map(([, field]) => String(field));
  const used = scenario.steps.flatMap((other) => {
    const around = other.parts?.at(-1)?.id ?? '';
    const own = JSON.stringify([other.with, other.success, other.when]).replaceAll('\\"', '"');
    const parts = (other.parts ?? []).flatMap((part) => usedIn(part.when ?? '', aroundPart(part.id), scenario));
    return [...usedIn(own, around, scenario), ...parts];
  });
  const impact = usedIn(scenario.impact ?? '', '', scenario);
  return [...new Set([...own, ...[...used, ...impact].filter(({ id }) => id === step.id).map(({ field }) => field)])];
}

/** `steps.name.outputs.field`, by the full name of the step; of a procedure `steps.name.outputs.inner.field`. */
function usedIn(text: string, around: string, { steps }: RunScenario): readonly { id: string; field: string }[] {
  const uses = text.matchAll(/steps(?:\.(\w+)|\["([\w-]+)"\])\.outputs\.(\w+)(?:\.(\w+))?/g);
  return [...uses].flatMap(([, plain, quoted, first, second]) => {
    const id = `${around === '' ? '' : `${around}.`}${plain ?? quoted}`;
    if (steps.some((step) => step.id === id)) return [{ id, field: String(first) }];
    return second === undefined ? [] : [{ id: `${id}.${first}`, field: second }];
  });
}

function* combinations(fields: readonly string[], pool: readonly Json[]): Generator<JsonObject> {
  const [field, ...rest] = fields;
  if (field === undefined) return yield {};
  for (const value of pool) for (const others of combinations(rest, pool)) yield { [field]: value, ...others };
}

function holds(condition: string, scope: JsonObject): boolean | undefined {
  try {
    return expressions.condition(condition, scope);
  } catch {
    return undefined;
  }
}

const textsIn = (inputs: JsonObject): readonly Json[] => Object.values(inputs);
const outputsIn = ({ steps }: Imagined): readonly Json[] =>
  [...steps.values()].flatMap(({ output }) => Object.values((output ?? {}) as JsonObject));
