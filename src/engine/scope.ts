import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { subjectHash } from '../model/approval-code.ts';
import { type RunStep, scenarioOfRun } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';

/** What expressions can see: inputs, what earlier steps put out, the run and the components. */
export function scopeOf(state: RunState, around = ''): JsonObject {
  return {
    inputs: state.origin.inputs,
    steps: stepsIn(state, around === '' ? '' : `${around}.`),
    run: {
      id: state.id,
      started_at: state.createdAt,
      impact_at: state.impactAt,
      environment: state.origin.environment,
      scenario: state.origin.scenario,
    },
    components: (state.origin.plan.components ?? {}) as JsonObject,
  };
}

/** The same for a step: one of a procedure sees the steps of its procedure by the names they have there. */
export const scopeFor = (state: RunState, step: RunStep): JsonObject =>
  scopeAround(state, step, step.parts?.at(-1)?.id);

/** What the conditions around a step can see. One for an item sees that item too. */
export const scopeAround = (state: RunState, { each }: RunStep, around: string | undefined): JsonObject => ({
  ...scopeOf(state, around),
  ...(each ? { item: each.item, index: each.index } : {}),
});

/** The part around a part; the scenario itself has no name. */
export const aroundPart = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf('.')));

/**
 * By their names below the prefix. A step that stands for a procedure puts out what the steps of that do, by their names. Reads like
 * any other map, and makes only what is asked for: an expression names one or two of what may be thousands of steps.
 */
function stepsIn(state: RunState, prefix: string): JsonObject {
  return new Proxy<JsonObject>(
    {},
    {
      get: (_, name) => stepNamed(state, prefix, name),
      has: (_, name) => stepNamed(state, prefix, name) !== undefined,
      ownKeys: () => namesIn(state, prefix),
      getOwnPropertyDescriptor(_, name) {
        const value = stepNamed(state, prefix, name);
        return value === undefined ? undefined : { value, enumerable: true, configurable: true };
      },
    },
  );
}

const namesIn = (state: RunState, prefix: string): string[] => {
  const below = [...state.steps.keys()].filter((id) => id.startsWith(prefix));
  return [...new Set(below.map((id) => id.slice(prefix.length).split('.', 1)[0] as string))];
};

/** Items are seen through what their step puts out, and only when it has ended. */
const isOfItem = (name: string): boolean => /^\d/.test(name);

function stepNamed(state: RunState, prefix: string, name: string | symbol): JsonObject | undefined {
  if (typeof name === 'symbol' || name.includes('.')) return undefined;
  const step = state.steps.get(`${prefix}${name}`);
  if (step) return { status: step.progress.status, ...(step.output === undefined ? {} : { outputs: step.output }) };
  const inside = `${prefix}${name}.`;
  for (const id of state.steps.keys())
    if (id.startsWith(inside) && !isOfItem(id.slice(inside.length))) return procedureIn(state, inside);
  return undefined;
}

const procedureIn = (state: RunState, prefix: string): JsonObject => ({
  status: statusOf(state, prefix),
  outputs: outputsIn(state, prefix),
});

/** What the steps of a procedure put out, by their names there. */
export const outputsIn = (state: RunState, prefix: string): JsonObject =>
  Object.fromEntries(
    Object.entries(stepsIn(state, prefix)).flatMap(([name, step]) =>
      isJsonObject(step) && step.outputs !== undefined ? [[name, step.outputs] as const] : [],
    ),
  );

function statusOf(state: RunState, prefix: string): string {
  const all = scenarioOfRun(state).steps.filter(
    ({ id, each }) => id.startsWith(prefix) && !each?.step.startsWith(prefix),
  );
  const found = new Set(all.map(({ id }) => state.steps.get(id)?.progress.status ?? 'queued'));
  if (found.has('failed')) return 'failed';
  if ([...found].every((status) => status === 'skipped')) return 'skipped';
  return [...found].every((status) => status === 'succeeded' || status === 'skipped') ? 'succeeded' : 'running';
}

/** What an approval is bound to: the step as written and the parameters it will really run with. Either changes, and the yes is void. */
export function approvalHash(step: RunStep, input: Json): string {
  return subjectHash(approvalSubject(step, input));
}

/** What is hashed for it, and shown to whoever signs a yes far away. */
export const approvalSubject = (step: RunStep, input: Json): Json => ({
  step: JSON.parse(JSON.stringify(step)) as Json,
  input,
});

/** The same for a procedure as a whole: all its steps as written, or as somebody edited them. */
export const partHash = (steps: readonly RunStep[], part: string): string => subjectHash(partSubject(steps, part));

/** What is hashed for it. For which items some of the steps are carried out is found out later. */
export function partSubject(all: readonly RunStep[], part: string): Json {
  const steps = all.filter(
    (step) => step.parts?.some(({ id }) => id === part) && !step.each?.step.startsWith(`${part}.`),
  );
  return { part, steps: JSON.parse(JSON.stringify(steps)) as Json };
}
