import { describe, expect, test } from 'vitest';
import { seconds } from '../lib/duration.ts';
import type { JsonObject } from '../lib/json.ts';
import type { JournalEvent } from '../model/run.ts';
import { foldRun, type RunState } from '../model/run-state.ts';
import { pausedBecause, resumeRun } from './execute.ts';
import type { EnginePorts } from './ports.ts';
import { liveOnce, say } from './testing/dying.ts';
import { never, type Rig, RUN, resume, rig, start, step } from './testing/rig.ts';

const hold = (id: string, length: string): JsonObject => ({ id, uses: 'time.wait', with: { for: length } });
const LIMIT = { deadline: '10s' };
const more = (ports: EnginePorts, duration = '20s') =>
  resumeRun(RUN, ports, never, { duration, reason: 'the copy is almost there' });

describe('a run that may not take longer than it says', () => {
  test('is paused when its time is over; what was under way comes to rest', async () => {
    const at = rig();
    const state = await start([step('first'), hold('long', '15s'), step('last')], at.ports(), LIMIT);
    expect(state.status).toBe('paused');
    expect(pausedBecause(state)).toMatchObject({ code: 'RUN_LATE', hint: expect.stringContaining('--extend 2h') });
    expect(at.clock.now().getTime()).toBe(Date.parse(state.createdAt) + seconds(10));
    expect(at.world.writes).toEqual(['make first']);
  });

  test('that is only resumed begins nothing', async () => {
    const at = rig();
    await start([hold('long', '15s'), step('last')], at.ports(), LIMIT);
    at.clock.advance(seconds(50));
    expect(pausedBecause(await resume(at.ports()))?.code).toBe('RUN_LATE');
    expect(at.world.writes).toEqual([]);
  });

  test('goes on for as long as a person extends it, from now when its time is over', async () => {
    const at = rig();
    await start([hold('long', '15s'), step('last')], at.ports(), LIMIT);
    at.clock.advance(seconds(50));
    const state = await more(at.ports());
    expect(state.status).toBe('succeeded');
    const extended = (await at.journal.events(RUN)).find(({ type }) => type === 'run.extended');
    expect(extended).toMatchObject({ duration: '20s', reason: 'the copy is almost there', by: 'ada' });
    expect(Date.parse(state.extendedUntil as string)).toBe(Date.parse(extended?.at as string) + seconds(20));
  });

  test('that is extended in time gets so much more', async () => {
    const at = rig();
    const stopped = new AbortController();
    at.world.tick = (where) => where === 'made first' && stopped.abort(new Error('enough'));
    await start([step('first'), hold('long', '15s'), step('last')], at.ports(), LIMIT, stopped.signal);
    const state = await more(at.ports());
    expect(state.status).toBe('succeeded');
    expect(state.extendedUntil).toBe(new Date(Date.parse(state.createdAt) + seconds(30)).toISOString());
  });

  test('counts the time in which it waits for people', async () => {
    const at = rig();
    const asks = step('asks', { approve: { role: 'commander', within: '80s' } });
    const state = await start([asks], at.ports(), LIMIT);
    expect(pausedBecause(state)?.code).toBe('RUN_LATE');
    const waiting = state.steps.get('asks')?.progress;
    expect(waiting).toMatchObject({ status: 'waiting' });
    if (waiting?.status === 'waiting' && waiting.waitsFor.kind === 'approval')
      say(at.journal, { type: 'step.approved', step: 'asks', hash: waiting.waitsFor.hash });
    expect((await more(at.ports())).status).toBe('succeeded');
  });

  test('ends well when its last step ends in time', async () => {
    expect((await start([hold('long', '9s'), step('last')], rig().ports(), LIMIT)).status).toBe('succeeded');
  });

  test('still takes back what it did', async () => {
    const at = rig();
    const fails = step('fails', { on_failure: 'undo', success: '${{ false }}' });
    at.world.tick = (where) => void (where === 'made fails' && at.clock.advance(seconds(20)));
    const state = await start([step('first'), fails], at.ports(), LIMIT);
    expect(state.status).toBe('failed');
    expect(at.world.effects.size).toBe(0);
  });
});

describe('extending', () => {
  test.each([
    ['a run that has no deadline', {}, '20s'],
    ['by something that is no length of time', LIMIT, 'long'],
    ['by nothing', LIMIT, '0'],
  ])('refuses %s, and takes nothing up', async (_, limit, duration) => {
    const at = rig();
    const stopped = new AbortController();
    at.world.tick = (where) => where === 'made first' && stopped.abort(new Error('enough'));
    await start([step('first'), step('last')], at.ports(), limit, stopped.signal);
    const before = (await at.journal.events(RUN)).length;
    await expect(more(at.ports(), duration)).rejects.toMatchObject({ code: 'USAGE' });
    expect(await at.journal.events(RUN)).toHaveLength(before);
  });
});

/* Killed at every moment: before the time is over, while it is paused for that, and while it is extended. */

const STEPS = [step('first'), hold('long', '15s'), step('second'), step('last')];
const MOMENTS = 45;

/** Begun, resumed, and given more time whenever it is late, until it is over. */
async function carryThrough(deaths: readonly number[]): Promise<{ at: Rig; state: RunState; moments: number }> {
  const at = rig();
  let moments = 0;
  let { journal } = at;
  const goOn = async (ports: EnginePorts): Promise<RunState> => {
    const isLate = foldRun(await ports.journal.events(RUN)).heldBack?.code === 'RUN_LATE';
    return isLate ? more(ports) : resume(ports);
  };
  for (let life = 0; life < 9; life++) {
    const dies = () => deaths.includes(++moments);
    const state = await liveOnce({ at, journal, dies }, (ports) => start(STEPS, ports, LIMIT), goOn);
    if (state?.endedAt !== undefined) return { at, state, moments };
    if (!state) journal = journal.anotherProcess();
  }
  throw new Error('the run did not end after nine lives');
}

/** Whatever began when no time was left. */
function begunLate(events: readonly JournalEvent[]): readonly string[] {
  const first = Date.parse(events[0]?.at as string) + seconds(10);
  return events.flatMap((event, index) => {
    if (event.type !== 'step.started') return [];
    const until = foldRun(events.slice(0, index)).extendedUntil;
    const limit = until === undefined ? first : Date.parse(until);
    return Date.parse(event.at) >= limit ? [event.step] : [];
  });
}

describe('kill -9 at every moment of a run that is late and is extended', () => {
  test('undisturbed it has fewer moments than are tried', async () => {
    const { at, state, moments } = await carryThrough([]);
    expect(state.status).toBe('succeeded');
    expect(moments).toBeLessThan(MOMENTS);
    expect(at.world.writes).toEqual(['make first', 'make second', 'make last']);
  });

  const moments = Array.from({ length: MOMENTS - 1 }, (_, index) => index + 1);
  test.each(moments)('at moment %i, and again a few moments later', async (n) => {
    for (const again of [0, 1, 4]) {
      const { at, state } = await carryThrough([n, ...(again > 0 ? [n + again] : [])]);
      const events = await at.journal.events(RUN);
      expect(state.status).toBe('succeeded');
      expect(at.world.writes).toEqual(['make first', 'make second', 'make last']);
      expect(events.some(({ type }) => type === 'run.extended')).toBe(true);
      expect(begunLate(events)).toEqual([]);
    }
  });
});
