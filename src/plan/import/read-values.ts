import { parseDuration } from '../../lib/duration.ts';
import { parseSchedule } from '../../lib/schedule.ts';
import { plain } from './blocks.ts';

const UNIT: readonly (readonly [RegExp, string])[] = [
  [/^(ms|millisec)/i, 'ms'],
  [/^s/i, 's'],
  [/^(mo|quarter|y)/i, ''],
  [/^m/i, 'm'],
  [/^h/i, 'h'],
  [/^d/i, 'd'],
  [/^w/i, 'w'],
];
const NUMBER = String.raw`(\d+(?:[.,]\d+)?)`;
const UNITS =
  '(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|min|months?|m|hours?|hrs?|hr|h|days?|d|weeks?|w|years?|y)(?![A-Za-z])';
const RANGE = new RegExp(
  String.raw`${NUMBER}\s*(?:${UNITS})?\s*(?:-|–|—|to|\.\.)\s*${NUMBER}\s*\+?[\s-]*${UNITS}`,
  'i',
);
const SINGLE = new RegExp(String.raw`${NUMBER}\s*\+?[\s-]*${UNITS}`, 'gi');

/** A length of time as the plan language writes it, found in words: `~15 min`, `15-30 minutes`, `1 hour 30 minutes`. */
export function spanIn(text: string): string | undefined {
  const range = RANGE.exec(text);
  if (range) {
    const [, low, lowUnit, high, highUnit] = range;
    const [min, max] = [amount(low, lowUnit ?? highUnit), amount(high, highUnit)];
    return min !== undefined && max !== undefined && order(min) <= order(max) ? `${min}..${max}` : undefined;
  }
  return durationIn(text);
}

/** One length of time found in words. Undefined for months and years, which have no length, and when there are two that do not belong together. */
export function durationIn(text: string): string | undefined {
  const found = [...text.matchAll(SINGLE)];
  const parts = found.map(([, number, unit]) => amount(number, unit));
  const [first] = parts;
  if (first === undefined || parts.includes(undefined)) return undefined;
  const apart = found.some(
    (match, n) => n > 0 && !/^[\s,]*(and)?\s*$/i.test(between(text, found[n - 1] as RegExpExecArray, match)),
  );
  if (apart) return undefined;
  return parts.join('');
}

const between = (text: string, a: RegExpExecArray, b: RegExpExecArray): string =>
  text.slice(a.index + a[0].length, b.index);

function amount(number: string | undefined, unit = ''): string | undefined {
  const short = UNIT.find(([pattern]) => pattern.test(unit))?.[1];
  return short ? `${(number ?? '').replace(',', '.')}${short}` : undefined;
}

const order = (text: string): number => parseDuration(text) ?? 0;

/** How soon something happens, as the plan language says it. */
export function withinIn(text: string): string | undefined {
  if (/next business day/i.test(text)) return 'next-business-day';
  if (/\bimmediate/i.test(text)) return 'immediate';
  if (/^(if|when) (prolonged|it lasts)/i.test(text)) return 'when-prolonged';
  if (/^(never|none|no|not (needed|required))$/i.test(text)) return 'never';
  return spanIn(
    /^every (hour|day|week)$/i.test(text) ? text.replace(/every /i, '1 ') : text.replace(/-hour\b/i, ' hour'),
  );
}

/** Days for what has no exact length: how long copies are kept is said in months and years. */
export function keptFor(text: string): string | undefined {
  if (/indefinite|forever|permanent|unlimited/i.test(text)) return 'forever';
  const [, number, unit = ''] = /(\d+)[\s-]*(months?|years?)\b/i.exec(text) ?? [];
  if (number !== undefined) return `${Number(number) * (/^y/i.test(unit) ? 365 : 30)}d`;
  return durationIn(text);
}

/** The promise in a cell such as `4 hours`, `2-4 h`, `0 (stateless)`, `near zero`, `varies`. Undefined when it is none. */
export function objectiveIn(written: string): string | undefined {
  const text = plain(written).replace(
    /^(?:less than|up to|max(?:imum)?|approx(?:imately)?\.?|about|within|under|target:?)\s+|^[<≤~≈]\s*/i,
    '',
  );
  if (/^(n\/?a|none|not applicable|-|–|—)$/i.test(text)) return 'none';
  if (/^(varies|depends)/i.test(text)) return 'varies';
  if (/^immediate/i.test(text)) return 'immediate';
  if (/^(continuous|real[- ]?time)/i.test(text)) return 'continuous';
  if (/^(zero\b|no data loss|0(?!\s*[-–.\d]))/i.test(text)) return '0';
  if (!new RegExp(`^${NUMBER}`).test(text)) return undefined;
  return spanIn(text.replace(/\s*[([;].*$/, ''));
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/** A day written as 2025-12-31, December 31, 2025, 31 December 2025. Undefined for other forms, also those two countries read differently. */
export function dayIn(text: string): string | undefined {
  const [iso] = /\b\d{4}-\d{2}-\d{2}\b/.exec(text) ?? [];
  if (iso !== undefined) return realDay(iso);
  const [, a = '', b = '', year] =
    /\b([A-Za-z]{3,9}|\d{1,2})(?:st|nd|rd|th)?\.?\s+([A-Za-z]{3,9}|\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b/.exec(text) ??
    [];
  const [name, day] = /^\d/.test(a) ? [b, a] : [a, b];
  const month = name.length < 3 ? -1 : MONTHS.findIndex((full) => full.startsWith(name.toLowerCase()));
  return year === undefined || month < 0 || !/^\d+$/.test(day)
    ? undefined
    : realDay(`${year}-${String(month + 1).padStart(2, '0')}-${day.padStart(2, '0')}`);
}

/** A month or a quarter of a year, without a day: `January 2026`, `Q1 2026`. */
export const isMonth = (text: string): boolean =>
  new RegExp(
    String.raw`^(?:(?:${MONTHS.map((name) => `${name}|${name.slice(0, 3)}`).join('|')})\.?|Q[1-4]),? \d{4}$`,
    'i',
  ).test(text);

function realDay(iso: string): string | undefined {
  const time = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso ? undefined : iso;
}

const CALENDAR: readonly (readonly [RegExp, string])[] = [
  [/\b(semi-?annual(ly)?|twice a year|half-?yearly|bi-?annual(ly)?|every (6|six) months)\b/i, 'half-yearly'],
  [/\b(quarterly|every quarter|every (3|three) months)\b/i, 'quarterly'],
  [/\b(annual(ly)?|yearly|every year|once a year)\b/i, 'yearly'],
  [/\b(monthly|every month)\b/i, 'monthly'],
  [/\b(weekly|every week)\b/i, 'weekly'],
  [/\b(daily|nightly|every (day|night))\b/i, 'daily'],
  [/\bhourly\b/i, 'every 1h'],
  [/\b(continuous(ly)?|real[- ]?time|streaming|every (change|commit))\b/i, 'continuous'],
];

/** A schedule as the plan language writes it, found in words: `Daily at 03:00 UTC`, `Every 6 hours`, `last Sunday of the month`. */
export function scheduleIn(written: string): string | undefined {
  const text = plain(written);
  const candidates = [
    dailyIn(text),
    yearlyIn(text),
    monthlyIn(text),
    everyIn(text),
    CALENDAR.find(([form]) => form.test(text))?.[1],
  ];
  return candidates.find((candidate) => candidate !== undefined && parseSchedule(candidate) !== undefined);
}

function dailyIn(written: string): string | undefined {
  const text = written.replaceAll(
    /\b(\d{1,2})(?::(\d\d))?\s*(?:(am|pm)\s*)?([-–])\s*(\d{1,2})(?::(\d\d))?\s*(am|pm)\b|\b(\d{1,2})(?::(\d\d))?\s*(am|pm)\b/gi,
    (_whole, h1, m1, p1, dash, h2, m2, p2, h, m, p) =>
      h === undefined ? `${clockOf(h1, m1, p1 ?? p2)}${dash}${clockOf(h2, m2, p2)}` : clockOf(h, m, p),
  );
  const [, clock, zone] =
    /\b(\d{1,2}:\d{2}(?:\s*[-–,]\s*\d{1,2}:\d{2})*)\s*\(?(UTC|GMT|EST|EDT|CET|CEST|PST|PDT|[A-Z][a-z]+\/[A-Z][A-Za-z_]+)\b/.exec(
      text,
    ) ?? [];
  const other = /\b(week|month|quarter|annual|year|(sun|mon|tues|wednes|thurs|fri|satur)day)/i.test(text);
  if (clock === undefined || other) return undefined;
  const times = clock
    .replaceAll(/\s/g, '')
    .replaceAll('–', '-')
    .replaceAll(/(^|[-,])(\d):/g, '$10$2:');
  return `daily ${times} ${zone}`;
}

/** `3 pm` as clocks of 24 hours show it. */
function clockOf(hour: string, minutes: string | undefined, half: string): string {
  const of12 = Number(hour) % 12;
  return `${String(/pm/i.test(half) ? of12 + 12 : of12).padStart(2, '0')}:${minutes ?? '00'}`;
}

function monthlyIn(text: string): string | undefined {
  const [, which, day] =
    /\b(first|second|third|fourth|last) ((?:sun|mon|tues|wednes|thurs|fri|satur)day)\b/i.exec(text) ?? [];
  if (which === undefined || day === undefined || !/month/i.test(text)) return undefined;
  return `monthly on the ${which.toLowerCase()} ${day[0]?.toUpperCase()}${day.slice(1).toLowerCase()}`;
}

function yearlyIn(text: string): string | undefined {
  const [, month] =
    new RegExp(String.raw`\b(?:annual(?:ly)?|yearly|every year)\b.*?\b(${MONTHS.join('|')})\b`, 'i').exec(text) ?? [];
  return month === undefined ? undefined : `yearly in ${month[0]?.toUpperCase()}${month.slice(1).toLowerCase()}`;
}

function everyIn(text: string): string | undefined {
  const [, rest] = /\bevery\s+(\d+\s*-?[a-z]+|[a-z]+)/i.exec(text) ?? [];
  const every = rest === undefined ? undefined : durationIn(/^\D/.test(rest) ? `1 ${rest}` : rest);
  return every === undefined ? undefined : `every ${every}`;
}
