/** What each name directly needs. */
export type Needs = ReadonlyMap<string, readonly string[]>;

/** The names of a circle of needs, first and last the same; undefined when there is none. */
export function findCycle(needs: Needs): readonly string[] | undefined {
  const settled = new Set<string>();
  for (const start of needs.keys()) {
    const cycle = follow(needs, start, [], settled);
    if (cycle) return cycle;
  }
  return undefined;
}

function follow(
  needs: Needs,
  name: string,
  trail: readonly string[],
  settled: Set<string>,
): readonly string[] | undefined {
  const again = trail.indexOf(name);
  if (again >= 0) return [...trail.slice(again), name];
  if (settled.has(name)) return undefined;
  for (const needed of needs.get(name) ?? []) {
    const cycle = follow(needs, needed, [...trail, name], settled);
    if (cycle) return cycle;
  }
  settled.add(name);
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
