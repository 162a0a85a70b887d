import type { PlanPath } from '../finding.ts';
import type { Plan } from '../plan.ts';
import { lostComponents } from './losses.ts';
import { type Objectives, type ObjectiveValue, promised } from './values.ts';

/** Of what an objective is asked: a component, a scenario, a kind of data; or a component as one scenario sees it. */
export interface ObjectiveOf {
  readonly component?: string;
  readonly scenario?: string;
  readonly data?: string;
}

/** An objective and the place in the plan that says it. */
export interface SaidObjective {
  readonly value: ObjectiveValue;
  readonly from: PlanPath;
}

/** The objective that holds, what it promises in milliseconds, and what else the plan says and does not hold here. */
export interface EffectiveObjective extends SaidObjective {
  /** Undefined for what nobody can check, such as `varies`. */
  readonly promised: { readonly min: number; readonly max: number } | undefined;
  readonly overridden: readonly SaidObjective[];
}

type Kind = keyof Objectives;

/**
 * Which objective holds. A scenario goes before kinds of data, these before components, these before their class, and that before the
 * plan. A scenario that promises nothing itself must keep the strictest promise of the components it loses.
 */
export function effectiveObjective(plan: Plan, of: ObjectiveOf, kind: Kind): EffectiveObjective | undefined {
  const [holds, ...overridden] = [
    ...said(entry(plan.scenarios, of.scenario)?.objectives, ['scenarios', of.scenario ?? ''], kind),
    ...said(entry(plan.data, of.data)?.objectives, ['data', of.data ?? ''], kind),
    ...componentSays(plan, of.component, kind),
    ...(of.component === undefined ? lostSay(plan, of.scenario, kind) : []),
    ...said(plan.objectives, [], kind),
  ];
  return holds && { ...holds, promised: promised(holds.value), overridden };
}

const entry = <Value>(all: Readonly<Record<string, Value>>, name: string | undefined): Value | undefined =>
  name !== undefined && Object.hasOwn(all, name) ? all[name] : undefined;

function said(objectives: Objectives | undefined, path: PlanPath, kind: Kind): readonly SaidObjective[] {
  const value = objectives?.[kind];
  return value === undefined ? [] : [{ value, from: [...path, 'objectives', kind] }];
}

function componentSays(plan: Plan, name: string | undefined, kind: Kind): readonly SaidObjective[] {
  const component = entry(plan.components, name);
  const ofClass = entry(plan.classes, component?.class);
  return [
    ...said(component?.objectives, ['components', name ?? ''], kind),
    ...said(ofClass?.objectives, ['classes', component?.class ?? ''], kind),
  ];
}

/** The promises of all that a scenario loses, the strictest first; two components may share the one of their class. */
function lostSay(plan: Plan, name: string | undefined, kind: Kind): readonly SaidObjective[] {
  const scenario = entry(plan.scenarios, name);
  const lost = scenario ? lostComponents(plan, scenario) : [];
  const perComponent = lost.map((one) => componentSays(plan, one, kind));
  const holding = perComponent.flatMap((all) => all.slice(0, 1));
  const others = perComponent.flatMap((all) => all.slice(1));
  const strictestFirst = holding.sort((a, b) => longest(a) - longest(b));
  const unique = new Map([...strictestFirst, ...others].map((one) => [JSON.stringify(one.from), one]));
  return [...unique.values()];
}

const longest = ({ value }: SaidObjective): number => promised(value)?.max ?? Number.MAX_VALUE;
