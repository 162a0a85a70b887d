/** A thing with a name and the names of those that must come before it. */
export interface Dependent {
  readonly name: string;
  readonly needs: readonly string[];
}

/**
 * Groups in which everything comes after what it needs. A group of more than one is a circle: its members need one another.
 * Needs outside the list are left out; needing oneself is no circle.
 */
export function inOrder(all: readonly Dependent[]): readonly (readonly string[])[] {
  const needs = new Map(all.map(({ name, needs: wanted }) => [name, wanted]));
  const groups: string[][] = [];
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];

  // Tarjan's strongly connected components: a group is complete once nothing in it reaches further up.
  const visit = (name: string): void => {
    numbers.set(name, numbers.size);
    lowest.set(name, numbers.get(name) as number);
    open.push(name);
    for (const other of needs.get(name) ?? []) {
      if (!needs.has(other)) continue;
      if (!numbers.has(other)) visit(other);
      if (open.includes(other)) lowest.set(name, Math.min(lowest.get(name) as number, lowest.get(other) as number));
    }
    if (lowest.get(name) === numbers.get(name)) groups.push(open.splice(open.indexOf(name)).sort());
  };
  for (const { name } of all) if (!numbers.has(name)) visit(name);
  return groups;
}
