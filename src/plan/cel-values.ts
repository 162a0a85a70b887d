import { Duration } from '@marcbachmann/cel-js/evaluator';
import type { Json, JsonObject } from '../lib/json.ts';

/** A JSON value as CEL sees it: whole numbers are ints, objects are maps whose keys can never reach a prototype. */
export function toCel(value: Json): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (value === null || typeof value !== 'object') return value;
  return new Map(Object.entries(value as JsonObject).map(([key, member]) => [key, toCel(member)]));
}

/** A CEL value as JSON. Throws a RangeError for what JSON cannot carry exactly. */
export function fromCel(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return wholeNumber(value);
  if (typeof value === 'number') return finiteNumber(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Duration) return durationText(value);
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, member]) => [String(key), fromCel(member)]));
  if (isPlainObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fromCel(member)]));
  if (typeof value === 'object' && typeof value.valueOf() === 'bigint') return wholeNumber(value.valueOf() as bigint);
  throw new RangeError('the result is neither text, number, truth, list nor map');
}

function wholeNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`the number ${value} is too large to be kept exactly`);
  return number;
}

function finiteNumber(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError('the result is not a finite number');
  return value;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);

const NANOS = { h: 3_600_000_000_000n, m: 60_000_000_000n, s: 1_000_000_000n, ms: 1_000_000n } as const;

/** A duration as plans write it, exact to the millisecond: 1h30m, 250ms, 0. */
function durationText(duration: Duration): string {
  const total = duration.seconds * NANOS.s + BigInt(Math.trunc(duration.nanos));
  let rest = total < 0n ? -total : total;
  let text = '';
  for (const [unit, nanos] of Object.entries(NANOS)) {
    if (rest >= nanos) text += `${rest / nanos}${unit}`;
    rest %= nanos;
  }
  if (text === '') return '0';
  return total < 0n ? `-${text}` : text;
}
