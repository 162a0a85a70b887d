import type { Json, JsonObject } from '../lib/json.ts';
import { KnownError } from './errors.ts';
import type { PlanPath } from './finding.ts';
import { type ExpandedStep, expandedSteps, type WrittenStep } from './plan/expand.ts';
import { consecutive, needsOfWhole, useForEach, useInFull } from './plan/for-each.ts';
import { Plan, type Scenario, type Step } from './plan.ts';
import type { RunOrigin } from './run.ts';
import { stepsWithItems } from './run-items.ts';
import type { ItemLists } from './step-items.ts';

/** A step that uses a procedure, as the steps that stand in its place know it. What it says holds for all of them. */
export interface Part {
  /** Its full name: of a procedure inside a procedure `outer.inner`. */
  readonly id: string;
  readonly when?: string;
  readonly approve?: Step['approve'];
  readonly on_failure: Step['on_failure'];
  readonly one_of?: string;
}

/** One of the items that a step is carried out for. */
export interface ItemOf {
  /** The step with for_each. */
  readonly step: string;
  readonly index: number;
  readonly item: Json;
}

/** A step as a run carries it out: its full name, all its needs, and the procedures it is in, the outermost first. */
export type RunStep = Step & {
  readonly parts?: readonly Part[];
  /** Of a step with for_each that uses a procedure: the steps of that, which each item gets of its own. */
  readonly body?: readonly RunStep[];
  /** What it is carried out for, of several. */
  readonly each?: ItemOf;
};

/** A scenario with the steps of its procedures in the place of the steps that use them. */
export type RunScenario = Omit<Scenario, 'steps'> & { readonly steps: readonly RunStep[] };

/** All that decides which steps a run has: what it was started with, and the items that are known so far. */
export interface RunSoFar {
  readonly origin: RunOrigin;
  readonly items?: ItemLists;
}

const known = new WeakMap<RunOrigin, RunScenario>();
const knownWithItems = new WeakMap<ItemLists, RunScenario>();

/**
 * The scenario as it was frozen into a run: neither an edited plan nor a newer build changes its steps. A step with for_each is
 * followed by the steps for its items, as soon as these are known.
 */
export function scenarioOfRun({ origin, items }: RunSoFar): RunScenario {
  const frozen = frozenScenario(origin);
  if (!items || items.size === 0) return frozen;
  const before = knownWithItems.get(items);
  if (before) return before;
  const found = { ...frozen, steps: stepsWithItems(frozen.steps, items) };
  knownWithItems.set(items, found);
  return found;
}

function frozenScenario(origin: RunOrigin): RunScenario {
  const before = known.get(origin);
  if (before) return before;
  const plan = Plan.parse(origin.plan);
  const scenario = Object.hasOwn(plan.scenarios, origin.scenario) ? plan.scenarios[origin.scenario] : undefined;
  if (!scenario)
    throw new KnownError(
      'PLAN_INVALID',
      `the plan of this run has no scenario "${origin.scenario}"`,
      'Name one of its scenarios.',
    );
  const steps = (origin.steps as readonly RunStep[] | undefined) ?? stepsToRun(plan, origin.scenario);
  const found = { ...scenario, ...healthyIn(scenario, steps), steps };
  known.set(origin, found);
  return found;
}

/** The steps of a scenario, written out. This is what is frozen into a run. */
export function stepsToRun(plan: Plan, scenario: string): readonly RunStep[] {
  return gathered(plan, expandedSteps(plan, scenario), 0);
}

/** The steps of procedures that are used for each of several items become the body of the step that uses them. */
function gathered(plan: Plan, expanded: readonly ExpandedStep[], from: number): readonly RunStep[] {
  const groups = consecutive(expanded, ({ via }) => useForEach(via, from));
  return needsOfWhole(
    groups.map(({ key, members }) => (key ? stepForEach(plan, key, members) : runStepOf(plan, members[0]))),
  );
}

function stepForEach(plan: Plan, use: WrittenStep, members: readonly [ExpandedStep, ...ExpandedStep[]]): RunStep {
  const { via } = members[0];
  const depth = via.indexOf(use);
  const { id, needs } = useInFull(via, depth);
  const body = gathered(plan, members, depth + 1).map((step) => asBody(step, id, depth));
  return { ...runStepOf(plan, { step: { ...use.step, id, needs }, path: use.path, via: via.slice(0, depth) }), body };
}

/** The failure of an item is counted where all items come together, and so the rest of a procedure is left out when a step of it fails. */
function asBody(step: RunStep, outer: string, depth: number): RunStep {
  const parts = (step.parts ?? []).map(
    (part, index): Part => (index === depth ? { id: part.id, on_failure: 'continue' } : part),
  );
  return { ...step, parts, needs: (step.needs ?? []).filter((id) => id.startsWith(`${outer}.`)) };
}

/** Writing out hands `when` and `approve` down where a step has none of its own; a run keeps both apart. */
function runStepOf(plan: Plan, { step, path, via }: Pick<ExpandedStep, 'step' | 'path' | 'via'>): RunStep {
  const { when: _when, approve: _approve, ...expanded } = step;
  const { when, approve, on_failure } = writtenAt(plan, path);
  const own = { ...expanded, on_failure, ...(when === undefined ? {} : { when }), ...(approve ? { approve } : {}) };
  if (via.length === 0) return own;
  const ids = via.map((use) => use.step.id);
  return { ...own, parts: via.map((use, depth) => partOf(writtenAt(plan, use.path), ids.slice(0, depth + 1))) };
}

/** `steps` of a run's origin, as data. */
export const frozenSteps = (plan: Plan, scenario: string): readonly JsonObject[] =>
  JSON.parse(JSON.stringify(stepsToRun(plan, scenario))) as readonly JsonObject[];

const partOf = ({ when, approve, on_failure, one_of }: Step, ids: readonly string[]): Part => ({
  id: ids.join('.'),
  on_failure,
  ...(when === undefined ? {} : { when }),
  ...(approve ? { approve } : {}),
  ...(one_of === undefined ? {} : { one_of }),
});

function writtenAt({ scenarios, procedures }: Plan, [kind, name, , index]: PlanPath): Step {
  const books: Record<string, { readonly steps: readonly Step[] }> = kind === 'procedures' ? procedures : scenarios;
  return books[String(name)]?.steps[Number(index)] as Step;
}

/** A step that stands for a procedure is over when the last step of that is. */
function healthyIn({ healthy }: Scenario, steps: readonly RunStep[]): { readonly healthy?: string } {
  if (healthy === undefined || steps.some(({ id }) => id === healthy)) return {};
  const last = steps.findLast(({ id }) => id.startsWith(`${healthy}.`));
  return last ? { healthy: last.id } : {};
}

/** A branch is one of several ways to do a thing; of a group one is taken. */
export interface Membership {
  readonly group: string;
  readonly branch: string;
}

/** The branches that a step is in, the outermost first. */
export function membershipsOf(step: RunStep): readonly Membership[] {
  const levels = [...(step.parts ?? []), step];
  return levels.flatMap(({ id, one_of: group }, depth) => {
    const around = levels[depth - 1]?.id ?? '';
    return group === undefined ? [] : [{ group: `${around}/${group}`, branch: id }];
  });
}
