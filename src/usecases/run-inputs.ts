import type { Json, JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { expandedSteps, procedureUse } from '../model/plan/expand.ts';
import type { Plan, Scenario } from '../model/plan.ts';
import { unknownName } from './find-component.ts';

type Inputs = Scenario['inputs'];

/** What must be known to carry a scenario out: its own inputs, and those of the procedures it uses. Its own word on a name counts first. */
export function inputsOf(plan: Plan, scenario: string): Inputs {
  const uses = expandedSteps(plan, scenario).flatMap(({ via }) => via.map(({ step }) => procedureUse(step).procedure));
  const all = [...new Set(uses)].map((name) => plan.procedures[name ?? '']?.inputs ?? {});
  return Object.assign({}, ...all.reverse(), plan.scenarios[scenario]?.inputs) as Inputs;
}

/** The inputs of a run from `name=value` texts. Throws USAGE for one that is unknown, missing or not of its kind. */
export function inputsFrom(inputs: Inputs, set: readonly string[]): JsonObject {
  const given = new Map<string, string>();
  for (const [name, text] of set.map(split)) {
    if (given.has(name)) throw twice(name);
    given.set(name, text);
  }
  for (const name of given.keys())
    if (!Object.hasOwn(inputs, name)) throw unknownName('input', name, Object.keys(inputs));
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, valueFrom(name, input, given.get(name))]),
  );
}

function split(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new KnownError('USAGE', `--set ${text} has no value`, 'Write it as --set name=value.');
}

const twice = (name: string): KnownError =>
  new KnownError('USAGE', `--set ${name} is given twice`, 'Give each input once, so that it is clear which is meant.');

function valueFrom(name: string, input: Inputs[string], text: string | undefined): Json {
  if (text === undefined && input.default !== undefined) return input.default;
  if (text === undefined || text === '')
    throw new KnownError('USAGE', `the scenario needs the input "${name}": ${input.describe}`, `Add: --set ${name}=…`);
  if (typeof input.default === 'number') return numberFrom(name, text);
  if (typeof input.default === 'boolean') return booleanFrom(name, text);
  return text;
}

function numberFrom(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new KnownError('USAGE', `--set ${name}=${text}: a number is needed`, `Like: --set ${name}=42`);
}

function booleanFrom(name: string, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new KnownError('USAGE', `--set ${name}=${text}: true or false is needed`, `Like: --set ${name}=true`);
}
