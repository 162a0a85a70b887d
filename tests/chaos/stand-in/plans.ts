import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { RunOrigin } from '../../../src/model/run.ts';
import { frozenSteps } from '../../../src/model/run-scenario.ts';
import { loadPlan } from '../../../src/plan/load.ts';
import { inputsOf } from '../../../src/usecases/run-inputs.ts';

const FOLDER = new URL('../../../examples/', import.meta.url);

/** A text that also serves as a number in a text, where a plan turns it into one. */
const ASKED_FOR = '7';

/** Long waits are cut down to this: the engine looks around every 100 ms of its clock, also of a clock that nobody waits for. */
const LONGEST_WAIT = '10s';

/** A scenario of an example plan, as a run of it would be frozen. */
export interface ExampleScenario {
  readonly company: string;
  readonly name: string;
  readonly origin: RunOrigin;
  /** Who can say yes for a role. */
  readonly people: Readonly<Record<string, readonly string[]>>;
  /** Steps whose wait was cut down. */
  readonly shortened: readonly string[];
}

export const companies: readonly string[] = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

export function scenariosOf(company: string): readonly ExampleScenario[] {
  const file = `${company}/lifeboat.yaml`;
  const loaded = loadPlan({ file, text: readFileSync(new URL(file, FOLDER), 'utf8'), env: standInFor, mode: 'run' });
  if (!loaded.ok) throw new Error(`${file}: ${loaded.findings.map(({ message }) => message).join('; ')}`);
  const { plan, hash, environment } = loaded;
  const people = Object.fromEntries(Object.entries(plan.roles).map(([role, { people: all }]) => [role, all ?? []]));
  return Object.keys(plan.scenarios).map((name) => {
    const inputs = Object.entries(inputsOf(plan, name)).map(([input, { default: given }]) => [
      input,
      given ?? ASKED_FOR,
    ]);
    const { steps, shortened } = withShortWaits(frozenSteps(plan, name));
    const origin: RunOrigin = {
      plan: onlyWhatARunReads(plan, name),
      planHash: hash,
      planFile: file,
      scenario: name,
      steps,
      environment,
      inputs: Object.fromEntries(inputs) as JsonObject,
      version: '0',
    };
    return { company, name, origin, people, shortened };
  });
}

/** The whole plan would have to be parsed three times at every crash, and that would take longer than the run itself. */
function onlyWhatARunReads(plan: Plan, name: string): JsonObject {
  const { lifeboat, environments, people, roles, repository } = plan;
  const components = Object.fromEntries(Object.keys(plan.components).map((id) => [id, { kind: 'cache' }]));
  const scenarios = { [name]: { ...plan.scenarios[name], steps: [] } };
  const small = { lifeboat, plan: plan.plan, environments, people, roles, repository, components, scenarios };
  return JSON.parse(JSON.stringify(small)) as JsonObject;
}

const standInFor = (variable: string): string | undefined => {
  if (variable.endsWith('RECIPIENT')) return 'age1v34czl8cw84fw29ktnytdqjpdnaguv6zpxdxp99y6yfx65u4yu0saj7hyw';
  return variable.endsWith('URL') ? 'http://127.0.0.1:1/' : undefined;
};

function withShortWaits(steps: readonly JsonObject[]): { steps: readonly JsonObject[]; shortened: readonly string[] } {
  const long = (step: JsonObject) => step.uses === 'time.wait';
  return {
    steps: steps.map((step) => (long(step) ? { ...step, with: { for: LONGEST_WAIT } } : step)),
    shortened: steps.filter(long).map(({ id }) => String(id)),
  };
}
