import type { PlanPath } from '../../model/finding.ts';
import { type Lines, spanOf } from './lines.ts';

export type Scalar = string | number | boolean;

/** A plan in the making. A value without `from` is no statement of the document: the importer assumed it. */
export type DraftNode =
  | { readonly kind: 'value'; value: Scalar; from?: Lines }
  | { readonly kind: 'map'; readonly entries: Map<string, DraftNode> }
  | { readonly kind: 'list'; readonly items: DraftNode[] };
export type DraftMap = Extract<DraftNode, { kind: 'map' }>;

export interface Draft {
  readonly top: DraftMap;
  /** Keeps a value. False when the place holds another one already, which stays. */
  put(path: PlanPath, value: Scalar, from?: Lines): boolean;
  /** Adds a value at the end of a list, unless it is in it. */
  add(path: PlanPath, value: Scalar, from?: Lines): void;
  /** Takes a value away, so that another can take its place. */
  remove(path: PlanPath): void;
  /** Makes an empty map where nothing is. */
  open(path: PlanPath): void;
  /** Adds lines to a text, below those it has. */
  append(path: PlanPath, text: string, from: Lines): void;
  read(path: PlanPath): DraftNode | undefined;
  /** Keys of a map, in their order; empty when there is none. */
  keys(path: PlanPath): readonly string[];
  /** How many items a list has. */
  count(path: PlanPath): number;
}

export function createDraft(): Draft {
  const top: DraftMap = { kind: 'map', entries: new Map() };
  const read = (path: PlanPath): DraftNode | undefined => path.reduce<DraftNode | undefined>(childOf, top);
  const put = (path: PlanPath, value: Scalar, from?: Lines): boolean => {
    const there = read(path);
    if (there) return there.kind === 'value' && there.value === value;
    place(top, path, { kind: 'value', value, ...(from ? { from } : {}) });
    return true;
  };
  return {
    top,
    read,
    put,
    add(path, value, from) {
      const list = read(path);
      const items = list?.kind === 'list' ? list.items : [];
      if (items.some((item) => item.kind === 'value' && item.value === value)) return;
      put([...path, items.length], value, from);
    },
    remove(path) {
      const parent = read(path.slice(0, -1));
      if (parent?.kind === 'map') parent.entries.delete(String(path.at(-1)));
    },
    open: (path) => void (read(path) ?? place(top, path, { kind: 'map', entries: new Map() })),
    append(path, text, from) {
      const there = read(path);
      if (there?.kind !== 'value') return void put(path, text, from);
      there.value = `${there.value}\n${text}`;
      there.from = there.from ? spanOf(there.from, from) : from;
    },
    keys: (path) => [...(entriesOf(read(path))?.keys() ?? [])],
    count(path) {
      const list = read(path);
      return list?.kind === 'list' ? list.items.length : 0;
    },
  };
}

const entriesOf = (node: DraftNode | undefined) => (node?.kind === 'map' ? node.entries : undefined);

function childOf(node: DraftNode | undefined, part: string | number): DraftNode | undefined {
  if (node?.kind === 'map') return node.entries.get(String(part));
  return node?.kind === 'list' ? node.items[Number(part)] : undefined;
}

/** Puts a node at a path, making the maps and lists on the way: a number in the path is a place in a list. */
function place(top: DraftMap, path: PlanPath, node: DraftNode): void {
  let at: DraftNode = top;
  for (const [depth, part] of path.entries()) {
    const last = depth === path.length - 1;
    const next: DraftNode = last ? node : (childOf(at, part) ?? emptyFor(path[depth + 1]));
    if (at.kind === 'map') at.entries.set(String(part), next);
    else if (at.kind === 'list') at.items[Number(part)] = next;
    at = next;
  }
}

const emptyFor = (part: string | number | undefined): DraftNode =>
  typeof part === 'number' ? { kind: 'list', items: [] } : { kind: 'map', entries: new Map() };
