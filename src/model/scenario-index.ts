import { membershipsOf, type RunScenario, type RunStep } from './run-scenario.ts';

/** The steps of a scenario by all that one looks for them by, in the order of the plan. */
export interface ScenarioIndex {
  readonly steps: ReadonlyMap<string, RunStep>;
  readonly position: ReadonlyMap<string, number>;
  /** The steps that need a step directly. */
  readonly dependents: ReadonlyMap<string, readonly RunStep[]>;
  readonly inGroup: ReadonlyMap<string, readonly RunStep[]>;
  readonly inPart: ReadonlyMap<string, readonly RunStep[]>;
}

const indexes = new WeakMap<RunScenario, ScenarioIndex>();

/** Made once for a scenario value: another value, e.g. with more steps, has an index of its own. */
export function indexOf(scenario: RunScenario): ScenarioIndex {
  const before = indexes.get(scenario);
  if (before) return before;
  const found = {
    steps: firstOfEach(scenario.steps),
    position: new Map(scenario.steps.map(({ id }, position) => [id, position])),
    dependents: stepsBy(scenario, (step) => step.needs ?? []),
    inGroup: stepsBy(scenario, (step) => membershipsOf(step).map(({ group }) => group)),
    inPart: stepsBy(scenario, (step) => (step.parts ?? []).map(({ id }) => id)),
  };
  indexes.set(scenario, found);
  return found;
}

/** A plan in which two steps have one name is refused; a run of an older build may hold one, and it goes by the first. */
const firstOfEach = (steps: readonly RunStep[]): ReadonlyMap<string, RunStep> =>
  new Map(steps.map((step) => [step.id, step] as const).toReversed());

function stepsBy(
  { steps }: RunScenario,
  keysOf: (step: RunStep) => readonly string[],
): ReadonlyMap<string, readonly RunStep[]> {
  const found = new Map<string, RunStep[]>();
  for (const step of steps)
    for (const key of new Set(keysOf(step))) {
      const known = found.get(key);
      if (known) known.push(step);
      else found.set(key, [step]);
    }
  return found;
}
