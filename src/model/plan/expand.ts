import type { PlanPath } from '../finding.ts';
import type { Plan } from '../plan.ts';
import type { Step } from './steps.ts';

/** The word in `uses` by which a step stands for the steps of a procedure: `with: { procedure, from?, to?, without? }`. */
export const PROCEDURE = 'procedure';

/** What a step that uses a procedure says of it. Undefined where it does not say it, or not as a name. */
export interface ProcedureUse {
  readonly procedure: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly without: readonly string[];
}

/** A step as it is written somewhere. */
export interface WrittenStep {
  readonly step: Step;
  readonly path: PlanPath;
}

/** A step of a scenario when its procedures are written out: `step` has a name of its own and says all its needs. */
export interface ExpandedStep extends WrittenStep {
  /** The steps that brought it here, the one of the scenario first. Empty for what the scenario says itself. */
  readonly via: readonly WrittenStep[];
  /** The alternative it belongs to: of all branches of a group one is taken. */
  readonly alternative?: { readonly group: string; readonly branch: string };
}

/** Procedures that use procedures can multiply without end; a runbook of this length is for nobody. */
const MOST_STEPS = 20_000;

/** How a step uses a procedure. */
export function procedureUse({ with: input }: Step): ProcedureUse {
  const name = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const without = Array.isArray(input.without) ? input.without.filter((one) => typeof one === 'string') : [];
  return { procedure: name(input.procedure), from: name(input.from), to: name(input.to), without };
}

/**
 * The steps of a scenario in order, with those of procedures in the place of the steps that use them; these are called
 * `outer.inner`. What cannot be written out (unknown, going round in a circle, too long) stays the one step it is.
 */
export function expandedSteps(plan: Plan, scenario: string): readonly ExpandedStep[] {
  const found = Object.hasOwn(plan.scenarios, scenario) ? plan.scenarios[scenario] : undefined;
  const written = (found?.steps ?? []).map((step, index) => ({ step, path: ['scenarios', scenario, 'steps', index] }));
  return expand(written, { plan, trail: [], via: [], budget: { left: MOST_STEPS } });
}

interface Surroundings {
  readonly plan: Plan;
  /** Procedures that are being written out. */
  readonly trail: readonly string[];
  readonly via: readonly WrittenStep[];
  readonly alternative?: ExpandedStep['alternative'];
  readonly budget: { left: number };
}

function expand(written: readonly WrittenStep[], around: Surroundings): readonly ExpandedStep[] {
  const ends = new Map<string, readonly string[]>();
  const above = stepsAbove(written.map(({ step }) => step));
  const here = new Set(written.map(({ step }) => step.id));
  return written.flatMap(({ step, path }, index) => {
    // One that a use of a procedure leaves out cannot be waited for: the step then fails, because nothing proves it.
    const mustBeProven = (step.proven ?? []).filter((id) => here.has(id));
    const said = [...(step.needs ?? above[index] ?? []), ...mustBeProven];
    const needs = said.flatMap((needed) => ends.get(needed) ?? [needed]);
    const proven = step.proven?.flatMap((id) => ends.get(id) ?? [id]);
    const placed = { step: { ...step, needs: [...new Set(needs)], ...(proven ? { proven } : {}) }, path };
    const parts = writeOut(placed, around);
    ends.set(step.id, lastOf(parts));
    return parts;
  });
}

/** What each step needs by its position: the step above. Alternatives stand beside each other, and what follows waits for any of them. */
function stepsAbove(steps: readonly Step[]): readonly (readonly string[])[] {
  let before: readonly string[] = [];
  let beside: readonly string[] = [];
  return steps.map((step, index) => {
    const isBeside = step.one_of !== undefined && step.one_of === steps[index - 1]?.one_of;
    if (!isBeside) {
      before = beside;
      beside = [];
    }
    beside = [...beside, step.id];
    return before;
  });
}

function writeOut(placed: WrittenStep, around: Surroundings): readonly ExpandedStep[] {
  const { step, path } = placed;
  const alternative = step.one_of === undefined ? around.alternative : { group: step.one_of, branch: step.id };
  const itself = { step, path, via: around.via, ...(alternative ? { alternative } : {}) };
  const inner = step.uses === PROCEDURE ? partOf(around.plan, step) : undefined;
  const { procedure } = procedureUse(step);
  around.budget.left -= 1;
  if (!inner || inner.length === 0 || procedure === undefined || around.trail.includes(procedure)) return [itself];
  if (around.budget.left <= 0) return [itself];
  const expanded = expand(inner, {
    ...around,
    trail: [...around.trail, procedure],
    via: [...around.via, placed],
    ...(alternative ? { alternative } : {}),
  });
  return expanded.map((part) => ({ ...part, step: asPartOf(step, part.step) }));
}

/** Of a procedure the steps that a use takes; a step needs what a left-out step before it needed. */
function partOf(plan: Plan, use: Step): readonly WrittenStep[] | undefined {
  const { procedure, from, to, without } = procedureUse(use);
  const steps = Object.hasOwn(plan.procedures, procedure ?? '') ? plan.procedures[procedure ?? '']?.steps : undefined;
  if (!steps) return undefined;
  const first = from === undefined ? 0 : steps.findIndex(({ id }) => id === from);
  const last = to === undefined ? steps.length - 1 : steps.findIndex(({ id }) => id === to);
  const taken = (step: Step, index: number) => index >= first && index <= last && !without.includes(step.id);
  const known = new Map<string, readonly string[]>();
  const above = stepsAbove(steps);
  return steps.flatMap((step, index) => {
    const said = [...(step.needs ?? above[index] ?? []), ...(step.proven ?? [])];
    const needs = [...new Set(said.flatMap((needed) => known.get(needed) ?? [needed]))];
    known.set(step.id, taken(step, index) ? [step.id] : needs);
    const path = ['procedures', procedure ?? '', 'steps', index];
    return taken(step, index) ? [{ step: { ...step, needs }, path }] : [];
  });
}

/** The first steps of a procedure wait for what the step that uses it waits for, and for its approval. */
function asPartOf(outer: Step, inner: Step): Step {
  const needs = (inner.needs ?? []).map((needed) => `${outer.id}.${needed}`);
  const isFirst = needs.length === 0;
  // What must be proven for all of it, must be so for each of its steps.
  const proven = [...(outer.proven ?? []), ...(inner.proven ?? []).map((id) => `${outer.id}.${id}`)];
  const { when = outer.when, in: domain = outer.in, approve = isFirst ? outer.approve : undefined } = inner;
  return {
    ...inner,
    id: `${outer.id}.${inner.id}`,
    needs: isFirst ? (outer.needs ?? []) : needs,
    ...(proven.length === 0 ? {} : { proven: [...new Set(proven)] }),
    ...(when === undefined ? {} : { when }),
    ...(domain === undefined ? {} : { in: domain }),
    ...(approve === undefined ? {} : { approve }),
  };
}

/** The steps after which all of them have ended. */
function lastOf(parts: readonly ExpandedStep[]): readonly string[] {
  const needed = new Set(parts.flatMap(({ step }) => step.needs ?? []));
  return parts.map(({ step }) => step.id).filter((id) => !needed.has(id));
}
