import { afterAll, expect, test } from 'vitest';
import { atOnce, type Life, playAll, STEPS_WITH_EVERYTHING, WHOLE } from './whole-engine.ts';

/*
 * One scenario with everything the engine has, in real processes with a real journal, and real kill -9: after every event that the first
 * process keeps, and before, during and after each command. A second process goes on, a third one answers for all people.
 */
const all: Life[] = [];
/** In the suite every third moment; `npm run chaos` takes each. */
const stride = process.env.CHAOS === 'all' ? 1 : 3;
afterAll(() => console.log(`killed at ${all.filter(({ died }) => died).length} moments of a real process`));

test('undisturbed it takes the second way, and ends well', async () => {
  const [calm] = await playAll([{ kind: 'never' }]);
  expect(calm).toMatchObject({ status: 'succeeded', died: false, effects: WHOLE });
  expect(calm?.steps).toEqual(STEPS_WITH_EVERYTHING);
}, 120_000);

test('killed after its events, it ends the same', async () => {
  for (let n = 1; ; n += atOnce * stride) {
    const next = Array.from({ length: atOnce }, (_, more) => ({ kind: 'event' as const, n: n + more * stride }));
    const lives = await playAll(next);
    all.push(...lives);
    for (const life of lives) expectTheSame(life);
    if (lives.every(({ died }) => died)) continue;
    // Created and claimed; each of ten steps begun and ended, most with something between; healthy; the end.
    expect(all.length * stride).toBeGreaterThan(25);
    return;
  }
}, 900_000);

test('killed inside its commands, it ends the same', async () => {
  const lines = WHOLE.map((line) => ({ kind: 'line' as const, line })).filter((_, index) => index % stride === 0);
  for (let n = 0; n < lines.length; n += atOnce) {
    const lives = await playAll(lines.slice(n, n + atOnce));
    all.push(...lives);
    for (const life of lives) expectTheSame(life);
    expect(lives.map(({ died }) => died)).toEqual(lives.map(() => true));
  }
}, 900_000);

function expectTheSame({ at, status, steps, effects, owed }: Life): void {
  expect([at, status, owed]).toEqual([at, 'succeeded', 0]);
  expect([at, ...effects]).toEqual([at, ...WHOLE]);
  expect([at, steps]).toEqual([at, STEPS_WITH_EVERYTHING]);
}
