import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fakeClock } from '../lib/clock.fake.ts';
import type { Outlook, RunClock } from '../model/run-picture.ts';
import { watchRto } from './rto-watch.ts';

const clockWith = (outlook: Outlook | undefined, late?: RunClock['late']): RunClock => ({
  impact_at: '2026-01-14T03:00:00.000Z',
  impact_source: 'said at the start',
  elapsed_seconds: 2000,
  rto_seconds: 1800,
  human_wait_seconds: 0,
  ...(outlook === undefined ? {} : { outlook }),
  ...(late === undefined ? {} : { late }),
});
const LATE = { by_seconds: 719.2, step: 'load', takes_seconds: 1200 };

/** What is said when the clock reads like this, one look after the other, a second apart. */
function said(readings: readonly (RunClock | undefined)[]): readonly string[] {
  const told: string[] = [];
  let now: RunClock | undefined;
  const watching = new AbortController();
  watching.abort();
  const clock = fakeClock();
  const watch = watchRto({ clock, signal: watching.signal, read: () => now, tell: (text) => told.push(text) });
  for (const reading of readings) {
    now = reading;
    watch.look();
    clock.advance(1000);
  }
  return told;
}

test('each is said once, with the step to blame, and a better outlook takes nothing back', () => {
  const may = clockWith('may be missed', LATE);
  const will = clockWith('will be missed', LATE);
  expect(
    said([clockWith('on course'), may, may, clockWith('on course'), may, will, may, will, clockWith('missed')]),
  ).toEqual([
    'The RTO may be missed, by 12m at worst: load may still take 20m.',
    'The RTO will be missed by at least 12m: load still takes at least 20m.',
    'The RTO of 30m is missed: 33m 20s since the damage.',
  ]);
});

test('what is certain at once is not first said to be possible', () =>
  expect(said([clockWith('will be missed', { by_seconds: 60 }), clockWith('may be missed', LATE)])).toEqual([
    'The RTO will be missed by at least 1m.',
  ]));

test.each([undefined, clockWith(undefined), clockWith('not known'), clockWith('met'), clockWith('on course')])(
  'nothing is said of %j',
  (reading) => expect(said([reading, reading])).toEqual([]),
);

test('many events of one second are one look', () => {
  let looks = 0;
  const read = () => {
    looks += 1;
    return undefined;
  };
  const clock = fakeClock();
  const watch = watchRto({ clock, signal: AbortSignal.abort(), read, tell: () => undefined });
  for (let event = 0; event < 100; event++) watch.look();
  expect(looks).toBe(1);
  clock.advance(-3_600_000);
  watch.look();
  expect(looks).toBe(2);
});

test('it looks by itself while nothing happens, and stops when it is told to', async () => {
  const told: string[] = [];
  const watching = new AbortController();
  const clock = fakeClock();
  const start = clock.now().getTime();
  const read = () => clockWith(clock.now().getTime() - start > 5000 ? 'may be missed' : 'on course', LATE);
  watchRto({ clock, signal: watching.signal, read, tell: (text) => told.push(text) }).look();
  while (told.length === 0) await setImmediate();
  expect(clock.now().getTime() - start).toBe(6000);
  watching.abort();
  const stopped = clock.now().getTime();
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  expect(clock.now().getTime()).toBe(stopped);
});
