import type { Json, JsonObject } from '../../../src/lib/json.ts';
import type { PlanPath } from '../../../src/model/finding.ts';
import type { ReadPlan } from '../../../src/plan/read-yaml.ts';

/** A plan as if it had been read from a text in which every value has a line of its own: to read a text takes longer than to judge it. */
export function writtenPlan(file: string, source: JsonObject): ReadPlan {
  let lines: ReadonlyMap<string, number> | undefined;
  const lineOf = (path: PlanPath): number | undefined => {
    lines ??= linesOf(source);
    return lines.get(JSON.stringify(path));
  };
  const place = (path: PlanPath) => {
    const nearest = path.map((_, cut) => lineOf(path.slice(0, path.length - cut))).find((line) => line !== undefined);
    return { file, line: nearest ?? 1, column: 1 };
  };
  return { source, findings: [], place, placeWithin: place, has: (path) => lineOf(path) !== undefined };
}

function linesOf(source: JsonObject): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const write = (value: Json, path: PlanPath): void => {
    lines.set(JSON.stringify(path), lines.size + 1);
    if (typeof value !== 'object' || value === null) return;
    const within: readonly (readonly [string | number, Json])[] = Array.isArray(value)
      ? value.map((item, index) => [index, item] as const)
      : Object.entries(value as JsonObject);
    for (const [part, item] of within) write(item, [...path, part]);
  };
  write(source, []);
  return lines;
}
