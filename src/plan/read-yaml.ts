import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import type { Finding, Place, PlanPath } from '../model/finding.ts';
import { decodePlan } from './decode.ts';
import { offsetInSource } from './offset-in-source.ts';
import { syntaxFindings } from './syntax-findings.ts';

/** What a text says as YAML, and where. */
export interface ReadPlan {
  /** Undefined when it cannot be read: then the findings say why. */
  readonly source: JsonObject | undefined;
  readonly findings: readonly Finding[];
  /** Line and column of a value; of its nearest parent when there is no such value. */
  place(path: PlanPath, atKey?: boolean): Place;
  /** Line and column of a character within a text of the plan; of its beginning when that cannot be told. */
  placeWithin(path: PlanPath, offset: number): Place;
  /** Whether something is written at that very path. */
  has(path: PlanPath): boolean;
}

/** Enough for every honest use of anchors, and far below what expands without end. */
const MAX_ALIASES = 100;

/** Reads the text of a plan. Mistakes are findings, never exceptions. */
export function readPlanText(file: string, raw: string | Uint8Array): ReadPlan {
  const decoded = decodePlan(file, raw);
  if (decoded.text === undefined) return unreadable(file, [decoded.finding]);
  const lines = new LineCounter();
  const document = parseDocument(decoded.text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: 'error',
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const findings = syntaxFindings(document, placeAt);
  if (findings.length > 0) return unreadable(file, findings);
  return { ...toJson(document, placeAt), ...finder(document, decoded.text, placeAt) };
}

const unreadable = (file: string, findings: readonly Finding[]): ReadPlan => ({
  source: undefined,
  findings,
  place: () => ({ file, line: 1, column: 1 }),
  placeWithin: () => ({ file, line: 1, column: 1 }),
  has: () => false,
});

function toJson(document: Document.Parsed, placeAt: (offset: number) => Place): Pick<ReadPlan, 'source' | 'findings'> {
  const refuse = (message: string, hint: string) => ({
    source: undefined,
    findings: [
      { rule: 'plan.syntax', level: 'error' as const, at: placeAt(startOf(document.contents)), message, hint },
    ],
  });
  let value: Json;
  try {
    value = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: MAX_ALIASES }))) as Json;
  } catch {
    // The library refuses here what only shows when anchors are followed: unknown, endless or circular ones.
    return refuse(
      'the anchors and aliases (& and *) of this file cannot be followed',
      `Every *name needs an &name above it, none may contain itself, and together they may not multiply beyond ${MAX_ALIASES}.`,
    );
  }
  if (value === null) return refuse('the file holds no plan', 'Begin with: lifeboat init');
  if (!isJsonObject(value))
    return refuse(
      'the file is not a map of fields',
      'A plan begins with lifeboat: 1 and then has plan:, components: and so on.',
    );
  return { source: value, findings: [] };
}

function finder(
  document: Document.Parsed,
  text: string,
  placeAt: (offset: number) => Place,
): Pick<ReadPlan, 'place' | 'placeWithin' | 'has'> {
  const follow = (path: PlanPath) => {
    let found: Found = { node: document.contents, depth: 0 };
    for (const part of path) {
      const next = step(document, found, part);
      if (!next) break;
      found = next;
    }
    return found;
  };
  return {
    has: (path) => follow(path).depth === path.length,
    place(path, atKey) {
      const { node, key, depth } = follow(path);
      const scalar = isScalar(node) && node.value !== null;
      const wantsValue = depth === path.length && !atKey && scalar;
      return placeAt(startOf(wantsValue ? node : (key ?? node)));
    },
    placeWithin(path, offset) {
      const { node, depth } = follow(path);
      const start = startOf(node);
      if (depth < path.length || !isScalar(node) || typeof node.value !== 'string') return placeAt(start);
      const written = text.slice(start, node.range?.[1] ?? start);
      return placeAt(start + (offsetInSource(written, node.value, offset) ?? 0));
    },
  };
}

type Found = { readonly node: Node | null; readonly key?: Node | undefined; readonly depth: number };

function step(document: Document.Parsed, from: Found, part: string | number): Found | undefined {
  const node = isAlias(from.node) ? (from.node.resolve(document) ?? null) : from.node;
  const depth = from.depth + 1;
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part)) as
      | Pair<Node, Node | null>
      | undefined;
    return pair && { node: pair.value, key: pair.key, depth };
  }
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part] as Node | undefined;
    return item && { node: item, depth };
  }
  return undefined;
}

const startOf = (node: Node | null | undefined): number => node?.range?.[0] ?? 0;
