import { createHash } from 'node:crypto';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { type RunScenario, type RunStep, scenarioOfRun } from '../model/run-scenario.ts';
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
export const scopeFor = (state: RunState, step: RunStep): JsonObject => scopeOf(state, step.parts?.at(-1)?.id);

/** The part around a part; the scenario itself has no name. */
export const aroundPart = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf('.')));

/** By their names below the prefix. A step that stands for a procedure puts out what the steps of that do, by their names. */
function stepsIn(state: RunState, prefix: string): JsonObject {
  const steps: Record<string, Json> = {};
  for (const [id, step] of state.steps) {
    if (!id.startsWith(prefix)) continue;
    const [name, ...inner] = id.slice(prefix.length).split('.') as [string, ...string[]];
    if (inner.length > 0) steps[name] ??= procedureIn(state, `${prefix}${name}.`);
    else steps[name] = { status: step.progress.status, ...(step.output === undefined ? {} : { outputs: step.output }) };
  }
  return steps;
}

function procedureIn(state: RunState, prefix: string): JsonObject {
  const outputs = Object.entries(stepsIn(state, prefix)).flatMap(([name, step]) =>
    isJsonObject(step) && step.outputs !== undefined ? [[name, step.outputs] as const] : [],
  );
  return { status: statusOf(state, prefix), outputs: Object.fromEntries(outputs) };
}

function statusOf(state: RunState, prefix: string): string {
  const all = scenarioOfRun(state.origin).steps.filter(({ id }) => id.startsWith(prefix));
  const found = new Set(all.map(({ id }) => state.steps.get(id)?.progress.status ?? 'queued'));
  if (found.has('failed')) return 'failed';
  if ([...found].every((status) => status === 'skipped')) return 'skipped';
  return [...found].every((status) => status === 'succeeded' || status === 'skipped') ? 'succeeded' : 'running';
}

/** What an approval is bound to: the step as written and the parameters it will really run with. Either changes, and the yes is void. */
export function approvalHash(step: RunStep, input: Json): string {
  return createHash('sha256')
    .update(canonicalJson({ step: JSON.parse(JSON.stringify(step)) as Json, input }))
    .digest('hex');
}

/** The same for a procedure as a whole: all its steps as written. */
export function partHash(scenario: RunScenario, part: string): string {
  const steps = scenario.steps.filter((step) => step.parts?.some(({ id }) => id === part));
  return createHash('sha256')
    .update(canonicalJson({ part, steps: JSON.parse(JSON.stringify(steps)) as Json }))
    .digest('hex');
}
