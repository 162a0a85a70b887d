import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { type PlanPath, pathText } from '../model/finding.ts';
import { type EnvironmentVariables, type Evaluator, evaluatorWith, UnsetVariable } from './expressions.ts';
import type { Problem } from './problem.ts';
import { holdsExpression } from './template.ts';

export interface Resolved {
  readonly value: JsonObject;
  readonly problems: readonly Problem[];
}

/** Works out every `${{ }}` that does not wait for a run. What cannot be worked out stays as it is written, and is reported. */
export function resolvePlan(
  source: JsonObject,
  { env, mode }: { readonly env: EnvironmentVariables; readonly mode: 'check' | 'run' },
): Resolved {
  const problems: Problem[] = [];
  const evaluator = evaluatorWith(env);
  const value = walk(source, [], (text, path) => {
    const result = resolveText(evaluator, text, path, mode);
    problems.push(...result.problems);
    return result.value;
  }) as JsonObject;
  return { value, problems };
}

/** Steps and the moments of impact and detection are worked out by the run; other environments may need variables that are not set here. */
export const waitsForRun = (path: PlanPath): boolean =>
  (path[0] === 'scenarios' || path[0] === 'procedures') &&
  path.length >= 3 &&
  ['steps', 'impact', 'detected'].includes(String(path[2]));
const belongsElsewhere = (path: PlanPath): boolean => path[0] === 'environments' && path[2] === 'components';

function walk(value: Json, path: PlanPath, resolve: (text: string, path: PlanPath) => Json): Json {
  if (waitsForRun(path) || belongsElsewhere(path)) return value;
  if (typeof value === 'string') return holdsExpression(value) ? resolve(value, path) : value;
  if (Array.isArray(value)) return value.map((item: Json, index) => walk(item, [...path, index], resolve));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, walk(member, [...path, key], resolve)]));
}

function resolveText(
  evaluator: Evaluator,
  text: string,
  path: PlanPath,
  mode: 'check' | 'run',
): { readonly value: Json; readonly problems: readonly Problem[] } {
  try {
    return { value: evaluator.resolve(text, {}), problems: [] };
  } catch (error) {
    if (error instanceof UnsetVariable) return { value: text, problems: [unset(error.variable, path, mode)] };
    if (!(error instanceof KnownError)) throw error;
    return { value: text, problems: [faulty(error, path)] };
  }
}

const unset = (variable: string, path: PlanPath, mode: 'check' | 'run'): Problem => ({
  rule: 'plan.environment-variable',
  level: mode === 'run' ? 'error' : 'warning',
  path,
  message: `${pathText(path)} needs the environment variable ${variable}, which is not set here`,
  hint: `Set ${variable}, or give a default: env("${variable}", "…").`,
});

const faulty = (error: KnownError, path: PlanPath): Problem => ({
  rule: 'plan.expression',
  level: 'error',
  path,
  message: `${pathText(path)}: ${error.message}`,
  hint: `${error.hint} Here only env("NAME"), env("NAME", "default") and secret("env:NAME") give values.`,
});
