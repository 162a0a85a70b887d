import { formatDuration } from '../lib/duration.ts';
import type { PlanPath } from '../model/finding.ts';
import { type EffectiveObjective, effectiveObjective } from '../model/plan/effective.ts';
import { type Objectives, type ObjectiveValue, objectiveText, type Plan, promised } from '../model/plan.ts';

export type ObjectiveKind = 'rto' | 'rpo';
export const OBJECTIVE_KINDS: readonly ObjectiveKind[] = ['rto', 'rpo'];

/** A promise with the place where it is written. */
export interface Promised {
  readonly kind: ObjectiveKind;
  /** As a person reads it. */
  readonly text: string;
  /** Longest it allows, in milliseconds; undefined when nobody can check it. */
  readonly limit: number | undefined;
  readonly path: PlanPath;
}

const known = new WeakMap<Plan, Map<string, Promised | undefined>>();

/**
 * What holds for a component: its own promise, else that of its class, else that of the plan. Every loss asks it of every component
 * that is down then, so it is worked out once.
 */
export function componentPromise(plan: Plan, name: string, kind: ObjectiveKind): Promised | undefined {
  const promises = known.get(plan) ?? new Map<string, Promised | undefined>();
  known.set(plan, promises);
  const key = `${kind} ${name}`;
  if (!promises.has(key)) promises.set(key, asPromised(effectiveObjective(plan, { component: name }, kind), kind));
  return promises.get(key);
}

const asPromised = (holds: EffectiveObjective | undefined, kind: ObjectiveKind): Promised | undefined =>
  holds && { kind, text: objectiveText(holds.value), limit: holds.promised?.max, path: holds.from };

/** What a scenario itself promises. */
export const scenarioPromise = (plan: Plan, name: string, kind: ObjectiveKind): Promised | undefined =>
  promiseIn(plan.scenarios[name]?.objectives, ['scenarios', name, 'objectives'], kind);

/** One objective of a group of them, with its path. */
export function promiseIn(
  objectives: Partial<Objectives> | undefined,
  path: PlanPath,
  kind: ObjectiveKind,
): Promised | undefined {
  const value = objectives?.[kind];
  if (value === undefined) return undefined;
  return { kind, text: objectiveText(value), limit: promised(value)?.max, path: [...path, kind] };
}

/** Every place of a plan in which something is promised. */
export function promisesOf(
  plan: Plan,
): readonly (Promised & { readonly who: string; readonly value: ObjectiveValue })[] {
  const groups: readonly (readonly [string, Partial<Objectives> | undefined, PlanPath])[] = [
    ['the plan', plan.objectives, ['objectives']],
    ...Object.entries(plan.classes).map(
      ([name, one]) => [`the class ${name}`, one.objectives, ['classes', name, 'objectives']] as const,
    ),
    ...Object.entries(plan.data).map(
      ([name, one]) => [`the data ${name}`, one.objectives, ['data', name, 'objectives']] as const,
    ),
    ...Object.entries(plan.components).map(
      ([name, one]) => [name, one.objectives, ['components', name, 'objectives']] as const,
    ),
    ...Object.entries(plan.scenarios).map(
      ([name, one]) => [`the scenario ${name}`, one.objectives, ['scenarios', name, 'objectives']] as const,
    ),
  ];
  return groups.flatMap(([who, objectives, path]) =>
    OBJECTIVE_KINDS.flatMap((kind) => {
      const one = promiseIn(objectives, path, kind);
      const value = objectives?.[kind];
      return one && value !== undefined ? [{ ...one, who, value }] : [];
    }),
  );
}

/** A range of time in words: `45m`, or `47m..1h 22m`. */
export const rangeText = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  min === max ? formatDuration(max) : `${formatDuration(min)}..${formatDuration(max)}`;
