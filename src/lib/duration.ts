const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A length of time in milliseconds. In plans it is written `90s`, `15m`, `1h30m`, `2d`. */
export type Duration = number;

export const seconds = (n: number): Duration => n * UNITS.s;
export const minutes = (n: number): Duration => n * UNITS.m;
export const hours = (n: number): Duration => n * UNITS.h;

/** Milliseconds of a text such as `1h30m`, or undefined when it is not a duration. `0` needs no unit. */
export function parseDuration(text: string): Duration | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g))
    total += Number(amount) * UNITS[unit as keyof typeof UNITS];
  return total;
}

/** A duration as a person reads it: two units at most, `850ms`, `4.2s`, `31m 5s`, `2h 10m`. */
export function formatDuration(ms: Duration): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms === 0) return '0s';
  if (ms < UNITS.s) return `${Math.round(ms)}ms`;
  if (ms < UNITS.m) return `${Number((ms / UNITS.s).toFixed(1))}s`;
  const whole = Math.round(ms / UNITS.s) * UNITS.s;
  const pairs = [
    ['w', 'd'],
    ['d', 'h'],
    ['h', 'm'],
    ['m', 's'],
  ] as const;
  const [big, small] = pairs.find(([unit]) => whole >= UNITS[unit]) ?? pairs[3];
  const rest = Math.floor((whole % UNITS[big]) / UNITS[small]);
  return `${Math.floor(whole / UNITS[big])}${big}${rest > 0 ? ` ${rest}${small}` : ''}`;
}
