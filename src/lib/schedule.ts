import { type Duration, hours, parseDuration } from './duration.ts';

const DAY = hours(24);

/**
 * When something happens again and again, as plans write it. `longestGap` is the longest time between two of them, in milliseconds;
 * absent where nothing bounds it, e.g. `before a migration`.
 */
export type Schedule =
  | { readonly kind: 'continuous'; readonly longestGap: 0 }
  | { readonly kind: 'interval'; readonly longestGap: Duration }
  | {
      readonly kind: 'daily';
      readonly times: readonly string[];
      readonly zone: string;
      readonly window?: Duration;
      readonly longestGap: Duration;
    }
  | { readonly kind: 'calendar'; readonly text: string; readonly longestGap: Duration }
  | {
      readonly kind: 'event';
      readonly when: 'before' | 'after';
      readonly event: string;
      readonly within?: Duration;
      readonly longestGap?: undefined;
    }
  | { readonly kind: 'while'; readonly longestGap: Duration; readonly condition: string };

/** The forms, for messages and documentation. */
export const SCHEDULE_FORMS =
  'continuous; every 6h; daily 03:00 UTC; daily 03:00-04:00 UTC; daily 00:00,06:00,12:00,18:00 UTC; weekly; weekly on Sunday 04:00 UTC; monthly; ' +
  'monthly on the last Sunday; quarterly; half-yearly; yearly; yearly in January; before a migration; within 48h after an incident; every 15m while sev1';

/** Reads one of SCHEDULE_FORMS; a bare duration is an interval. Undefined when the text is none of them. */
export function parseSchedule(text: string): Schedule | undefined {
  const words = text.trim();
  if (/^continuous(ly)?$/i.test(words)) return { kind: 'continuous', longestGap: 0 };
  return interval(words) ?? daily(words) ?? calendar(words) ?? event(words);
}

function interval(text: string): Schedule | undefined {
  const [, every, condition] = /^(?:every )?(\S+)(?: while (.+))?$/i.exec(text) ?? [];
  const longestGap = every === undefined ? undefined : parseDuration(every);
  if (longestGap === undefined || longestGap <= 0) return undefined;
  return condition === undefined ? { kind: 'interval', longestGap } : { kind: 'while', longestGap, condition };
}

function daily(text: string): Schedule | undefined {
  const [, clock, zone] =
    /^daily (?:at )?(\d\d:\d\d(?:-\d\d:\d\d)?(?:,\d\d:\d\d)*) ([A-Za-z_/+-]+\d*)$/.exec(text) ?? [];
  if (clock === undefined || zone === undefined) return undefined;
  const [start, end] = clock.split('-');
  const times = end === undefined ? clock.split(',') : [start as string];
  const minutesOf = times.map(minuteOfDay);
  const last = end === undefined ? undefined : minuteOfDay(end);
  if (minutesOf.some((minute) => minute === undefined) || (end !== undefined && last === undefined)) return undefined;
  const window = last === undefined ? undefined : ((last - (minutesOf[0] as number) + 1440) % 1440) * 60_000;
  return {
    kind: 'daily',
    times,
    zone,
    ...(window === undefined ? {} : { window }),
    longestGap: longestGapOf(minutesOf as number[]),
  };
}

function minuteOfDay(text: string): number | undefined {
  const [hour, minute] = text.split(':').map(Number) as [number, number];
  return hour < 24 && minute < 60 ? hour * 60 + minute : undefined;
}

function longestGapOf(minutes: readonly number[]): Duration {
  const sorted = [...minutes].sort((a, b) => a - b);
  const gaps = sorted.map((minute, index) => (sorted[index + 1] ?? (sorted[0] as number) + 1440) - minute);
  return Math.max(...gaps) * 60_000;
}

const CALENDAR: readonly (readonly [RegExp, number])[] = [
  [/^daily$/i, 1],
  [/^weekly( on [A-Z][a-z]+day( \d\d:\d\d(-\d\d:\d\d)? [A-Za-z_/]+)?)?$/i, 7],
  [/^monthly( on the (first|second|third|fourth|last) [A-Z][a-z]+day)?$/i, 35],
  [/^quarterly$/i, 92],
  [/^half-yearly$/i, 184],
  [/^yearly( in [A-Z][a-z]+)?$/i, 366],
];

function calendar(text: string): Schedule | undefined {
  const found = CALENDAR.find(([form]) => form.test(text));
  return found && { kind: 'calendar', text, longestGap: found[1] * DAY };
}

function event(text: string): Schedule | undefined {
  const [, before] = /^before (.+)$/i.exec(text) ?? [];
  if (before !== undefined) return { kind: 'event', when: 'before', event: before };
  const [, within, after] = /^(?:within (\S+) )?after (.+)$/i.exec(text) ?? [];
  if (after === undefined) return undefined;
  const limit = within === undefined ? undefined : parseDuration(within);
  if (within !== undefined && limit === undefined) return undefined;
  return { kind: 'event', when: 'after', event: after, ...(limit === undefined ? {} : { within: limit }) };
}
