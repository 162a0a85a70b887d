import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { nearestOf } from '../lib/nearest.ts';
import type { PlanPath } from '../model/finding.ts';
import type { Problem } from './problem.ts';

/** A plan as it is meant for one environment. */
export interface ForEnvironment {
  readonly environment: string;
  readonly merged: JsonObject;
  readonly problems: readonly Problem[];
}

/** Lays what differs in an environment over the components. The first environment is the default. */
export function forEnvironment(source: JsonObject, wanted: string | undefined): ForEnvironment {
  const environments = isJsonObject(source.environments) ? source.environments : {};
  const names = Object.keys(environments);
  const environment = wanted ?? names[0] ?? '';
  if (wanted !== undefined && !names.includes(wanted))
    return { environment, merged: source, problems: [unknownEnvironment(wanted, names)] };
  const chosen = environments[environment];
  const differing = isJsonObject(chosen) && isJsonObject(chosen.components) ? chosen.components : {};
  if (!isJsonObject(source.components)) return { environment, merged: source, problems: [] };
  return { environment, merged: { ...source, components: overlay(source.components, differing) }, problems: [] };
}

/** Where a value of the merged plan may have come from, the likelier place first. */
export const originsOf = (path: PlanPath, environment: string): readonly PlanPath[] =>
  path[0] === 'components' && path.length > 2 ? [['environments', environment, ...path], path] : [path];

/** The one rule that finds fault with the command line and not with the plan. */
export const UNKNOWN_ENVIRONMENT = 'plan.environment';

function unknownEnvironment(wanted: string, names: readonly string[]): Problem {
  const meant = nearestOf(wanted, names);
  return {
    rule: UNKNOWN_ENVIRONMENT,
    level: 'error',
    path: ['environments'],
    message: `the plan has no environment "${wanted}"`,
    hint: `${meant ? `Did you mean ${meant}? ` : ''}It has: ${names.join(', ') || 'none'}.`,
  };
}

/** Maps are laid over each other field by field; everything else is replaced. Components the plan lacks are reported elsewhere. */
function overlay(base: JsonObject, over: JsonObject): JsonObject {
  const known = Object.entries(base).map(([key, value]): [string, Json] => {
    const other = Object.hasOwn(over, key) ? over[key] : undefined;
    return [key, other === undefined ? value : merge(value, other)];
  });
  return Object.fromEntries(known);
}

function merge(base: Json, over: Json): Json {
  if (!isJsonObject(base) || !isJsonObject(over)) return over;
  return {
    ...overlay(base, over),
    ...Object.fromEntries(Object.entries(over).filter(([key]) => !Object.hasOwn(base, key))),
  };
}
