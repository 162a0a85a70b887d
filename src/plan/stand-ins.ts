import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import type { PlanPath } from '../model/finding.ts';
import { type Shaped, shapePlan, valueAt } from './schema-problems.ts';
import { holdsExpression } from './template.ts';

/** One value for each form a field may demand; which of them fits, the schema says. */
const CANDIDATES: readonly Json[] = [
  1,
  '1m',
  true,
  { secret: 'env:UNKNOWN' },
  'age1v34czl8cw84fw29ktnytdqjpdnaguv6zpxdxp99y6yfx65u4yu0saj7hyw',
  '1970-01-01',
  'unknown',
];

/**
 * Like shapePlan, for judging a plan where its variables are not set: a field that may not hold a text such as `${{ env("PORT") }}`
 * gets a value of the right form, so that the rest of the plan can still be judged. Never used for running.
 */
export function shapeWithStandIns(data: JsonObject): Shaped {
  const shaped = shapePlan(data);
  if (shaped.plan) return shaped;
  const unknown = shaped.problems.find(({ path }) => isUnresolved(valueAt(data, path)));
  if (!unknown) return shaped;
  for (const candidate of CANDIDATES) {
    const tried = replaceAt(data, unknown.path, candidate) as JsonObject;
    if (!stillRefused(shapePlan(tried), unknown.path)) return shapeWithStandIns(tried);
  }
  return shaped;
}

const isUnresolved = (value: unknown): boolean => typeof value === 'string' && holdsExpression(value);

const stillRefused = (shaped: Shaped, path: PlanPath): boolean =>
  !shaped.plan && shaped.problems.some((problem) => problem.path.join('\n') === path.join('\n'));

function replaceAt(value: Json, path: PlanPath, replacement: Json): Json {
  const [part, ...rest] = path;
  if (part === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item: Json, index) => (index === part ? replaceAt(item, rest, replacement) : item));
  if (!isJsonObject(value)) return value;
  return { ...value, [part]: replaceAt(value[part] ?? null, rest, replacement) };
}
