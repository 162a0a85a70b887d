import { describe, expect, test } from 'vitest';
import { hours, minutes } from './duration.ts';
import { parseSchedule, SCHEDULE_FORMS } from './schedule.ts';

const DAY = hours(24);

describe('when something happens again', () => {
  test.each(SCHEDULE_FORMS.split('; '))('%s is understood', (form) => expect(parseSchedule(form)).toBeDefined());

  test.each<[string, number | undefined]>([
    ['continuous', 0],
    ['6h', hours(6)],
    ['every 1h30m', minutes(90)],
    ['daily 03:00 UTC', DAY],
    ['daily 00:00,06:00,12:00,18:00 UTC', hours(6)],
    ['daily 02:00,04:00 Europe/Berlin', hours(22)],
    ['daily 23:30-00:30 UTC', DAY],
    ['weekly on Sunday 04:00 UTC', 7 * DAY],
    ['monthly on the last Sunday', 35 * DAY],
    ['quarterly', 92 * DAY],
    ['yearly in January', 366 * DAY],
    ['before a migration', undefined],
    ['within 48h after an incident', undefined],
    ['every 15m while sev1', minutes(15)],
  ])('%s: the longest gap is %s', (text, gap) => expect(parseSchedule(text)?.longestGap).toBe(gap));

  test('a window over midnight has its length', () =>
    expect(parseSchedule('daily 23:30-00:30 UTC')).toMatchObject({ kind: 'daily', window: hours(1) }));

  test('what it is tied to is kept', () => {
    expect(parseSchedule('within 48h after an incident')).toEqual({
      kind: 'event',
      when: 'after',
      event: 'an incident',
      within: hours(48),
    });
    expect(parseSchedule('every 15m while sev1')).toMatchObject({ kind: 'while', condition: 'sev1' });
  });

  test.each([
    '',
    'sometimes',
    'every day or so',
    '0',
    'every 0',
    'daily 25:00 UTC',
    'daily 03:61 UTC',
    'daily 03:00',
    'within soon after it',
  ])('%j is none', (text) => expect(parseSchedule(text)).toBeUndefined());
});
