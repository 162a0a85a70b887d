import { afterAll, expect, test } from 'vitest';
import { atOnce, type Life, type Moment, playAll, STEPS_WITH_EVERYTHING, WHOLE } from './whole-engine.ts';

/*
 * One scenario with everything the engine has, in real processes with a real journal, and real kill -9: after the events that the first
 * process keeps, and before, during and after its commands. A second process goes on, a third one answers for all people.
 * In the suite it dies once after each kind of event that kill-after-every-event.test.ts does not meet, and at every fifth line of its
 * commands; `npm run chaos` takes every event and line.
 */
const EVERY_MOMENT = process.env.CHAOS === 'all';
const all: Life[] = [];
let kinds: readonly string[] = [];
afterAll(() => console.log(`killed at ${all.filter(({ died }) => died).length} moments of a real process`));

test('undisturbed it takes the second way, and ends well', async () => {
  const [calm] = (await playAll([{ kind: 'never' }])) as [Life];
  expect(calm).toMatchObject({ status: 'succeeded', died: false, effects: WHOLE });
  expect(calm.steps).toEqual(STEPS_WITH_EVERYTHING);
  kinds = calm.kinds;
  expect(kinds).toEqual(expect.arrayContaining(KINDS));
}, 120_000);

test('killed after an event of each kind, it ends the same', async () => {
  const chosen = kinds.filter((of) => EVERY_MOMENT || !MET_ELSEWHERE.has(of));
  await expectTheSameAt(chosen.map((of) => ({ kind: 'first', of })));
}, 900_000);

if (EVERY_MOMENT)
  test('killed after every event, it ends the same', async () => {
    for (let n = 1; ; n += atOnce) {
      const lives = await playAll(
        Array.from({ length: atOnce }, (_, more) => ({ kind: 'event' as const, n: n + more })),
      );
      for (const life of lives) expectTheSame(life);
      if (lives.every(({ died }) => died)) continue;
      // Created and claimed; each of fourteen steps begun and ended, most with something between; healthy; the end.
      expect(n).toBeGreaterThan(30);
      return;
    }
  }, 3_600_000);

test('killed inside its commands, it ends the same', async () => {
  const lines = WHOLE.filter((_, index) => EVERY_MOMENT || index % 5 === 0);
  await expectTheSameAt(lines.map((line) => ({ kind: 'line', line })));
}, 1_800_000);

/** What the scenario must meet at the least for its name to be true. */
const KINDS = [
  'run.created',
  'step.waiting for a task',
  'step.waiting for an approval',
  'step.waiting for a confirmation',
  'step.items',
  'step.started of an item',
  'step.started on what is proven',
  'step.holds',
  'step.failed',
  'step.skipped',
  'run.healthy',
];

/** Any plan has these, and so has the one of kill-after-every-event.test.ts. */
const MET_ELSEWHERE = new Set(['step.started', 'step.noted', 'step.succeeded', 'run.succeeded']);

async function expectTheSameAt(moments: readonly Moment[]): Promise<void> {
  for (let n = 0; n < moments.length; n += atOnce) {
    for (const life of await playAll(moments.slice(n, n + atOnce))) {
      expect([life.at, life.died]).toEqual([life.at, true]);
      expectTheSame(life);
    }
  }
}

function expectTheSame(life: Life): void {
  const { at, status, steps, effects, owed } = life;
  all.push(life);
  expect([at, status, owed]).toEqual([at, 'succeeded', 0]);
  expect([at, ...effects]).toEqual([at, ...WHOLE]);
  expect([at, steps]).toEqual([at, STEPS_WITH_EVERYTHING]);
}
