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
