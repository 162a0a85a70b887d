/** What each name directly needs. */
export type Needs = ReadonlyMap<string, readonly string[]>;

/** The names of a circle of needs, first and last the same; undefined when there is none. Without recursion: chains may be long. */
export function findCycle(needs: Needs): readonly string[] | undefined {
  const settled = new Set<string>();
  for (const start of needs.keys()) {
    const cycle = follow(needs, start, settled);
    if (cycle) return cycle;
  }
  return undefined;
}

function follow(needs: Needs, start: string, settled: Set<string>): readonly string[] | undefined {
  const trail = [start];
  const onTrail = new Set(trail);
  const left = [[...(needs.get(start) ?? [])].reverse()];
  for (let name = trail.at(-1); name !== undefined; name = trail.at(-1)) {
    const next = settled.has(name) ? undefined : left.at(-1)?.pop();
    if (next === undefined) {
      settled.add(name);
      onTrail.delete(name);
      trail.pop();
      left.pop();
    } else if (onTrail.has(next)) return [...trail.slice(trail.indexOf(next)), next];
    else if (!settled.has(next)) {
      trail.push(next);
      onTrail.add(next);
      left.push([...(needs.get(next) ?? [])].reverse());
    }
  }
  return undefined;
}

/** All that `name` needs, directly or through others. Ends also when the needs go round in a circle. */
export function allNeeded(needs: Needs, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...(needs.get(name) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(needs.get(next) ?? []));
  }
  return found;
}

/**
 * Whether a name needs another one, directly or through others, to be asked for many pairs: every name has one bit for every
 * other. Nothing is worked out before somebody asks.
 * Names that nobody declares need nothing and are needed by nobody.
 */
export function whoNeedsWhom(needs: Needs): (name: string, needed: string) => boolean {
  let rows: ReadonlyMap<string, Uint32Array> | undefined;
  const position = new Map([...needs.keys()].map((name, index) => [name, index]));
  const inCircles = new Map<string, ReadonlySet<string>>();
  return (name, needed) => {
    rows ??= rowsOf(needs, position);
    const row = rows.get(name);
    if (row) return hasBit(row, position.get(needed));
    const known = inCircles.get(name) ?? allNeeded(needs, name);
    inCircles.set(name, known);
    return known.has(needed);
  };
}

function rowsOf(needs: Needs, position: ReadonlyMap<string, number>): ReadonlyMap<string, Uint32Array> {
  const rows = new Map<string, Uint32Array>();
  for (const name of neededFirst(needs)) rows.set(name, rowOf(needs.get(name) ?? [], { position, rows }));
  return rows;
}

interface Rows {
  readonly position: ReadonlyMap<string, number>;
  readonly rows: ReadonlyMap<string, Uint32Array>;
}

function rowOf(needed: readonly string[], { position, rows }: Rows): Uint32Array {
  const row = new Uint32Array(Math.ceil(position.size / 32));
  for (const name of needed) {
    const at = position.get(name);
    if (at === undefined) continue;
    row[at >> 5] = (row[at >> 5] as number) | (1 << (at & 31));
    const through = rows.get(name);
    if (through)
      for (let word = 0; word < row.length; word += 1) row[word] = (row[word] as number) | (through[word] as number);
  }
  return row;
}

const hasBit = (row: Uint32Array, at: number | undefined): boolean =>
  at !== undefined && ((row[at >> 5] as number) & (1 << (at & 31))) !== 0;

/** Each name after all that it needs. Names that need each other in a circle, and those that need one of these, are left out. */
export function neededFirst(needs: Needs): readonly string[] {
  const waiting = new Map<string, number>();
  const followers = new Map<string, string[]>([...needs.keys()].map((name) => [name, []]));
  for (const [name, all] of needs) {
    const declared = all.filter((needed) => needs.has(needed));
    waiting.set(name, declared.length);
    for (const needed of declared) followers.get(needed)?.push(name);
  }
  const order = [...needs.keys()].filter((name) => waiting.get(name) === 0);
  for (const name of order)
    for (const follower of followers.get(name) ?? []) {
      const left = (waiting.get(follower) as number) - 1;
      waiting.set(follower, left);
      if (left === 0) order.push(follower);
    }
  return order;
}

/** For each of the `roots`, in their order: the names that need it and none of the roots before it. Each name is told once. */
export function firstNeeded(needs: Needs, roots: readonly string[]): ReadonlyMap<string, string> {
  const neededBy = new Map<string, string[]>();
  for (const [name, all] of needs)
    for (const needed of all) {
      const followers = neededBy.get(needed) ?? [];
      followers.push(name);
      neededBy.set(needed, followers);
    }
  const found = new Map<string, string>();
  for (const root of roots) {
    const open = [...(neededBy.get(root) ?? [])];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (found.has(name)) continue;
      found.set(name, root);
      open.push(...(neededBy.get(name) ?? []));
    }
  }
  return found;
}
