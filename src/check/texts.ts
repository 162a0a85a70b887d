import type { PlanPath } from '../model/finding.ts';

export interface PlacedText {
  readonly path: PlanPath;
  readonly text: string;
}

/** Every text of a value, with its path. */
export function textsIn(value: unknown, path: PlanPath = []): readonly PlacedText[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => textsIn(member, [...path, key]));
}

/** Whether a text is still to be worked out, so that its value is not known yet. */
export const isOpen = (value: unknown): boolean => typeof value === 'string' && value.includes('${{');

/** Whether something in a value is still to be worked out. */
export const holdsOpen = (value: unknown): boolean => textsIn(value).some(({ text }) => isOpen(text));
