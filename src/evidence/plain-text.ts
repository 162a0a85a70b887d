import { formatDuration } from '../lib/duration.ts';
import { isJsonObject, type Json } from '../lib/json.ts';

/** `2026-01-14 03:05:12 UTC`; a text that is no moment is given back as it is. */
export const utc = (iso: string): string =>
  Number.isNaN(Date.parse(iso)) ? iso : `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

export const duration = (seconds: number): string => (seconds === 0 ? '0s' : formatDuration(seconds * 1000));

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

const LONGEST = 400;

/** Any value in words, cut where it grows too long for a page: the evidence has all of it. */
export function plain(value: Json): string {
  const text = words(value, 0);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (all of it is in the evidence)` : text;
}

function words(value: Json, depth: number): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) {
    if (value.length === 0) return 'none';
    return value.map((item) => words(item, depth + 1)).join(value.some(isJsonObject) ? '; ' : ', ');
  }
  if (!isJsonObject(value)) return String(value);
  if (depth > 2) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${label(key)} ${words(item, depth + 1)}`);
  return members.length === 0 ? 'nothing' : members.join(', ');
}

/** `sessions_ended` as a person reads it. */
export const label = (key: string): string => key.replaceAll('_', ' ');
