import type { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { type Finding, type PlanPath, pathText } from '../model/finding.ts';
import { Plan } from '../model/plan.ts';
import type { PlanFile } from './read-files.ts';
import type { ReadPlan } from './read-yaml.ts';

/** Who says something, and under which path in its own file. */
interface Origin {
  readonly file: PlanFile;
  readonly path: PlanPath;
}

/** Several files as one plan: names of a part are put together, lists follow each other, everything else is said by one file. */
export function combine(files: readonly PlanFile[]): ReadPlan {
  const [first] = files as readonly [PlanFile, ...PlanFile[]];
  if (files.length === 1) return first.read;
  const joined: Joined = { source: {}, origins: new Map(), findings: [] };
  for (const file of files)
    for (const [part, value] of Object.entries(file.read.source ?? {}))
      add(joined, { file, path: [part] }, part, value);
  const locate = (path: PlanPath): Origin => locateIn(joined.origins, first, path);
  return {
    source: joined.findings.length > 0 ? undefined : joined.source,
    findings: joined.findings,
    place(path, atKey) {
      const found = locate(path);
      return found.file.read.place(found.path, atKey);
    },
    placeWithin(path, offset) {
      const found = locate(path);
      return found.file.read.placeWithin(found.path, offset);
    },
    has(path) {
      const found = locate(path);
      return found.file.read.has(found.path);
    },
  };
}

interface Joined {
  readonly source: Record<string, Json>;
  /** By path of one or two parts, as text. */
  readonly origins: Map<string, Origin>;
  readonly findings: Finding[];
}

function add(joined: Joined, origin: Origin, part: string, value: Json): void {
  const before = joined.origins.get(keyOf([part]));
  const form = formOf(part, value, before === undefined ? value : joined.source[part]);
  if (form === 'names') addNames(joined, origin, part, value as JsonObject);
  else if (form === 'list') addItems(joined, origin, part, value as readonly Json[]);
  else if (before === undefined) joined.source[part] = value;
  else if (!mayRepeat(part, value, joined.source[part])) joined.findings.push(saidTwice(before, origin));
  if (before === undefined) joined.origins.set(keyOf([part]), origin);
}

/** Every file may say what it includes itself, and of which version it is. */
const mayRepeat = (part: string, value: Json, before: Json | undefined): boolean =>
  part === 'include' || (part === 'lifeboat' && value === before);

function addNames({ source, origins, findings }: Joined, { file }: Origin, part: string, value: JsonObject): void {
  const names = new Map(Object.entries((source[part] ?? {}) as JsonObject));
  for (const [name, entry] of Object.entries(value)) {
    const path = [part, name];
    const before = origins.get(keyOf(path));
    if (before) findings.push(saidTwice(before, { file, path }));
    else origins.set(keyOf(path), { file, path });
    if (!before) names.set(name, entry);
  }
  source[part] = Object.fromEntries(names);
}

function addItems({ source, origins }: Joined, { file }: Origin, part: string, value: readonly Json[]): void {
  const before = (source[part] ?? []) as readonly Json[];
  for (const index of value.keys()) origins.set(keyOf([part, before.length + index]), { file, path: [part, index] });
  source[part] = [...before, ...value];
}

const saidTwice = (before: Origin, again: Origin): Finding => {
  const first = before.file.read.place(before.path, true);
  return {
    rule: 'plan.duplicate',
    level: 'error',
    at: again.file.read.place(again.path, true),
    message: `${pathText(again.path)} stands here for the second time`,
    hint: `It stands in ${first.file}:${first.line} already. Keep one of them.`,
    related: [{ at: first, message: 'the first one' }],
  };
};

function locateIn(origins: ReadonlyMap<string, Origin>, first: PlanFile, path: PlanPath): Origin {
  for (const length of [2, 1]) {
    const origin = path.length >= length ? origins.get(keyOf(path.slice(0, length))) : undefined;
    if (origin) return { file: origin.file, path: [...origin.path, ...path.slice(length)] };
  }
  return { file: first, path };
}

const keyOf = (path: PlanPath): string => path.join('\n');

/** How two files may both say something of a part: as names or as items. Undefined for all that is one thing, or has the wrong form. */
function formOf(part: string, value: Json, before: Json | undefined): 'names' | 'list' | undefined {
  if (part === 'include') return undefined;
  const { type } = bare((Plan.shape as Record<string, z.core.$ZodType>)[part])?._zod.def ?? {};
  if (type === 'record' && isJsonObject(value) && isJsonObject(before ?? null)) return 'names';
  return type === 'array' && Array.isArray(value) && Array.isArray(before) ? 'list' : undefined;
}

function bare(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  const def = schema?._zod.def as z.core.$ZodTypes['_zod']['def'] | undefined;
  return def?.type === 'optional' || def?.type === 'default' ? bare(def.innerType) : schema;
}
