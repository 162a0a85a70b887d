import type { PlanPath } from '../model/finding.ts';

export type ParsedPath =
  | { readonly path: PlanPath }
  | {
      readonly path?: undefined;
      /** As far as it leads, what follows, and what could have followed. */
      readonly before: string;
      readonly rest: string;
      readonly known: readonly string[];
    };

/**
 * A path as people write it (`components.database.backups[0]`, or steps by their names: `scenarios.loss.steps.restore`) in the data
 * of a plan. Names may hold dots, as domains do, so that the longest name that fits is taken.
 */
export function parsePath(data: unknown, text: string): ParsedPath {
  return follow(data, text.trim().replace(/^\$?\.?/, ''), [], '');
}

function follow(value: unknown, rest: string, path: PlanPath, before: string): ParsedPath {
  if (rest === '') return { path };
  const names = namesIn(value);
  const fitting = names.filter(
    ({ name }) => rest === name || (/^[.[]/.test(rest.slice(name.length)) && rest.startsWith(name)),
  );
  const [longest] = fitting.sort((a, b) => b.name.length - a.name.length);
  if (!longest) return { before, rest: rest.split('.')[0] ?? rest, known: names.map(({ name }) => name) };
  const after = rest.slice(longest.name.length).replace(/^\./, '');
  const joined =
    longest.name.startsWith('[') || before === '' ? `${before}${longest.name}` : `${before}.${longest.name}`;
  return follow(longest.value, after, [...path, longest.part], joined);
}

interface Named {
  readonly name: string;
  readonly part: string | number;
  readonly value: unknown;
}

function namesIn(value: unknown): readonly Named[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => {
      const id = typeof item === 'object' && item !== null && 'id' in item ? String(item.id) : undefined;
      const numbered = { name: `[${index}]`, part: index, value: item };
      return id === undefined ? [numbered] : [{ ...numbered, name: id }, numbered];
    });
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [{ name, part: name, value: member }],
  );
}
