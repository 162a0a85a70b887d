import { describe, expect, test } from 'vitest';
import { dayIn, durationIn, keptFor, objectiveIn, scheduleIn, spanIn } from './read-values.ts';

describe('lengths of time', () => {
  test.each([
    ['15-30 minutes', '15m..30m'],
    ['~5 min', '5m'],
    ['Total Time: 31 minutes', '31m'],
    ['1 hour 30 minutes', '1h30m'],
    ['1 hour and 30 minutes', '1h30m'],
    ['30 min – 2 hours', '30m..2h'],
    ['2–4 h', '2h..4h'],
    ['4 to 6 hours', '4h..6h'],
    ['1.5 hours', '1.5h'],
    ['60+ minutes', '60m'],
    ['24-hour', '24h'],
    ['3 months', undefined],
    ['30-15 minutes', undefined],
    ['5 minutes to notice, then 10 minutes', undefined],
    ['soon', undefined],
  ])('%s', (text, span) => expect(spanIn(text)).toBe(span));

  test.each([
    ['7 days', '7d'],
    ['6 months', '180d'],
    ['1 year', '365d'],
    ['Indefinitely', 'forever'],
    ['until full', undefined],
  ])('kept for %s', (text, kept) => expect(keptFor(text)).toBe(kept));
  test('two that do not belong together are none', () => expect(durationIn('5m of 10m')).toBeUndefined());
});

test.each([
  ['4 hours', '4h'],
  ['< 1 hour', '1h'],
  ['**15 minutes**', '15m'],
  ['0 (stateless)', '0'],
  ['0 minutes (real-time replication)', '0'],
  ['Zero', '0'],
  ['Immediate', 'immediate'],
  ['real-time', 'continuous'],
  ['Varies by resource', 'varies'],
  ['N/A', 'none'],
  ['≤ 24 hours', '24h'],
  ['as soon as we can', undefined],
])('objective %s', (text, value) => expect(objectiveIn(text)).toBe(value));

test.each([
  ['2025-12-04', '2025-12-04'],
  ['December 4, 2025', '2025-12-04'],
  ['4 Dec 2025', '2025-12-04'],
  ['2025-02-30', undefined],
  ['01/02/2025', undefined],
  ['January 2026', undefined],
])('day %s', (text, day) => expect(dayIn(text)).toBe(day));

test.each([
  ['Daily at 03:00 UTC', 'daily 03:00 UTC'],
  ['Daily, 3:00-4:00 UTC', 'daily 03:00-04:00 UTC'],
  ['Every 6 hours (00:00, 06:00, 12:00, 18:00 UTC)', 'daily 00:00,06:00,12:00,18:00 UTC'],
  ['Every 6 hours', 'every 6h'],
  ['every hour', 'every 1h'],
  ['Last Sunday of the month', 'monthly on the last Sunday'],
  ['Semi-annually', 'half-yearly'],
  ['Continuous', 'continuous'],
  ['Annually (January)', 'yearly in January'],
  ['when needed', undefined],
])('schedule %s', (text, schedule) => expect(scheduleIn(text)).toBe(schedule));
