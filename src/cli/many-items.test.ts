import { describe, expect, test } from 'vitest';
import { originOf, RUN, rig, start, startWith, step } from '../engine/testing/rig.ts';
import { KnownError } from '../model/errors.ts';
import type { JournalEvent } from '../model/run.ts';
import { runPicture } from '../model/run-picture.ts';
import { foldRun } from '../model/run-state.ts';
import { runOutline } from '../model/run-steps.ts';
import { forecastLines } from './clock-lines.ts';
import { eventLines } from './event-lines.ts';
import { underWayText } from './frame.ts';
import { plainPaint } from './screen.ts';

const many = (count: number, over = {}) =>
  step('each', {
    for_each: Array.from({ length: count }, (_, index) => `t${index}`),
    with: { thing: '${{ item }}' },
    at_once: 4,
    may_fail: 1,
    expect: '1m',
    ...over,
  });

async function eventsOf(count: number): Promise<readonly JournalEvent[]> {
  const at = rig();
  at.world.troubles.set('t7', [new KnownError('TARGET_FAILED', 'broken', 'Mend it.')]);
  await start([many(count), step('last')], at.ports());
  return at.journal.events(RUN);
}

const linesOf = (events: readonly JournalEvent[]) =>
  events.flatMap((event, index) => {
    const state = foldRun(events.slice(0, index + 1));
    return eventLines(event, state, runOutline(state.origin), plainPaint);
  });

describe('a step for each of many items', () => {
  test('is told in a few lines, and what fails is told by its name', async () => {
    const lines = linesOf(await eventsOf(60));
    const told = lines.filter((line) => line.includes('each'));
    expect(told.length).toBeLessThan(18);
    expect(told.join('\n')).toMatch(/✘ each\.7 in \S+: broken/);
    expect(told.join('\n')).toMatch(/each: 60 of 60 done, 0 under way, 1 failed/);
  });

  test('of few items each is told', async () => {
    const lines = linesOf(await eventsOf(8));
    expect(lines.filter((line) => line.includes('✔ each.'))).toHaveLength(7);
  });

  test('is one line of the picture, with what is to come', async () => {
    const events = await eventsOf(60);
    const half = events.findIndex((event) => event.type === 'step.succeeded' && event.step === 'each.30') + 1;
    const state = foldRun(events.slice(0, half));
    const now = new Date(events[half]?.at as string);
    const picture = runPicture(runOutline(state.origin), state, { now, driver: 'alive' });
    expect(picture.total).toBe(2);
    expect(picture.under_way).toHaveLength(1);
    const [one] = picture.under_way;
    expect(one?.items).toMatchObject({ total: 60, failed: 1 });
    expect(underWayText(one as NonNullable<typeof one>)).toMatch(/\[1\] each: \d+ of 60 done, \d under way, 1 failed/);
    expect(picture.clock.forecast?.from_seconds).toBeGreaterThan(60 * 6);
  });

  test('that uses a procedure is one step of the outline', async () => {
    const at = rig();
    const procedures = {
      two: [step('a', { with: { thing: 'a-${{ item }}' } }), step('b', { with: { thing: 'b-${{ item }}' } })],
    };
    const use = { id: 'each', uses: 'procedure', with: { procedure: 'two' }, for_each: ['x', 'y'] };
    const state = await startWith(procedures, [use, step('last')], at.ports());
    const outline = runOutline(state.origin);
    expect(outline.steps.map(({ step: { id, needs } }) => [id, needs])).toEqual([
      ['each', []],
      ['last', ['each']],
    ]);
    const picture = runPicture(outline, state, { now: at.clock.now(), driver: 'alive' });
    expect([picture.done, picture.total]).toEqual([2, 2]);
  });
});

describe('a run with a deadline', () => {
  const pictureAfter = (minutes: number) => {
    const created = { type: 'run.created', ...originOf([step('last')], { deadline: '100m' }) } as const;
    const at = new Date('2026-01-14T03:00:00.000Z');
    const state = foldRun([{ run: 'r', seq: 1, at: at.toISOString(), by: 'ada', prev: '', ...created }]);
    const now = new Date(at.getTime() + minutes * 60_000);
    return runPicture(runOutline(state.origin), state, { now, driver: 'alive' });
  };

  test('warns when four fifths of its time are gone', () => {
    expect(forecastLines(pictureAfter(79).clock).join()).not.toContain('may take');
    expect(forecastLines(pictureAfter(80).clock)[0]).toBe(
      '! The run may take 1h 40m in all: 20m left, then it is paused.',
    );
    expect(forecastLines(pictureAfter(101).clock)[0]).toContain('that is over');
  });
});
