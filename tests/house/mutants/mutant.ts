import type { Json, JsonObject } from '../../../src/lib/json.ts';
import type { PlanPath } from '../../../src/model/finding.ts';
import type { Plan } from '../../../src/model/plan.ts';

/** What is written at a place instead; undefined removes what stands there. */
export type Edit = readonly [path: PlanPath, value: Json | undefined];

/** A plan with one fault, and the place at which check must find it. */
export interface Mutant {
  readonly at: PlanPath;
  readonly edits: readonly Edit[];
}

/** One kind of mistake that people make, and where it can be made in a plan. */
export interface Operator {
  /** What the author does wrong. */
  readonly name: string;
  /** The rule that must find it. */
  readonly rule: string;
  /** Rules that cannot but speak as well, because the fault breaks their promise, too. */
  readonly companions?: readonly string[];
  /** Every place of a plan where that mistake is one. */
  places(plan: Plan): readonly Mutant[];
}

/** The plan as it is written, with the edits in it. */
export function mutated(source: JsonObject, edits: readonly Edit[]): JsonObject {
  const copy = structuredClone(source);
  for (const [path, value] of edits) write(copy, path, value);
  return copy;
}

type Node = Record<string | number, Json | undefined>;

function write(root: JsonObject, path: PlanPath, value: Json | undefined): void {
  let node = root as Node;
  for (const part of path.slice(0, -1)) {
    node[part] ??= {};
    node = node[part] as Node;
  }
  const last = path.at(-1) as string | number;
  if (value !== undefined) node[last] = value;
  else if (Array.isArray(node)) node.splice(Number(last), 1);
  else delete node[last];
}

/** The same place with the names of steps instead of their numbers, as findings say it. */
export function namedPath(plan: Plan, path: PlanPath): PlanPath {
  const [part, name, word, index, ...rest] = path;
  if ((part !== 'scenarios' && part !== 'procedures') || word !== 'steps' || typeof index !== 'number') return path;
  return [part, String(name), 'steps', plan[part][String(name)]?.steps[index]?.id ?? index, ...rest];
}
