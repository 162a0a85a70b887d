import type { ObjectiveValue } from './values.ts';

/** An objective as people read it: `1h`, `15m..30m`, `1h (best 30m, worst 2h)`, `15m first, 2h in full`. */
export function objectiveText(value: ObjectiveValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value;
  if ('full' in value) return `${value.first} first, ${value.full} in full`;
  const ends = [
    ...(value.best === undefined ? [] : [`best ${value.best}`]),
    ...(value.worst === undefined ? [] : [`worst ${value.worst}`]),
  ];
  return ends.length === 0 ? value.target : `${value.target} (${ends.join(', ')})`;
}
