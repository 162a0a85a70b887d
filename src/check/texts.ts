import type { PlanPath } from '../model/finding.ts';

export interface PlacedText {
  readonly path: PlanPath;
  readonly text: string;
}

const known = new WeakMap<object, readonly PlacedText[]>();

/** Every text of a value, with its path. Those of a whole plan are asked for by many rules, and gathered once. */
export function textsIn(value: unknown, path: PlanPath = []): readonly PlacedText[] {
  const isWhole = typeof value === 'object' && value !== null && path.length === 0;
  const before = isWhole ? known.get(value) : undefined;
  if (before) return before;
  const found: PlacedText[] = [];
  gather(value, path, found);
  if (isWhole) known.set(value, found);
  return found;
}

function gather(value: unknown, path: PlanPath, found: PlacedText[]): void {
  if (typeof value === 'string') found.push({ path, text: value });
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) gather(item, [...path, index], found);
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) gather(member, [...path, key], found);
}

/** Whether a text is still to be worked out, so that its value is not known yet. */
export const isOpen = (value: unknown): boolean => typeof value === 'string' && value.includes('${{');

/** Whether something in a value is still to be worked out. */
export const holdsOpen = (value: unknown): boolean => textsIn(value).some(({ text }) => isOpen(text));
