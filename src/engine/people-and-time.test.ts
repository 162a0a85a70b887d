import { describe, expect, test } from 'vitest';
import { hours, minutes } from '../lib/duration.ts';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { measure } from '../model/run-state.ts';
import { pausedBecause } from './execute.ts';
import type { Happening } from './ports.ts';
import { never, type Rig, RUN, resume, rig, start, step } from './testing/rig.ts';

const ask = (id: string, over: JsonObject = {}): JsonObject => ({
  id,
  uses: 'human.task',
  with: { instruction: 'Pull the plug', done_when: 'The lamp is out' },
  ...over,
});
const stopped = () => new KnownError('RUN_PAUSED', 'stopped', 'Resume.');
const types = async (at: Rig, ...wanted: string[]) =>
  (await at.journal.events(RUN)).map(({ type }) => type).filter((type) => wanted.includes(type));

/** Does something each time a step waits for somebody. */
const whenAsked = (at: Rig, act: (id: string) => void) =>
  at.ports({
    watch: (happening: Happening) => {
      if (happening.kind !== 'event' || happening.past || happening.event.type !== 'step.waiting') return;
      if (happening.event.waitsFor.kind === 'task') act(happening.event.step);
    },
  });

const answer = (at: Rig, id: string, outcome: 'done' | 'failed', words = '') =>
  at.journal.signal(RUN, 'grace', { type: 'step.answered', step: id, outcome, answer: words });

describe('human.task', () => {
  test('waits for a word, which later steps can use; who said it is kept', async () => {
    const at = rig();
    const ports = whenAsked(at, (id) => void answer(at, id, 'done', 'the red one'));
    const steps = [ask('plug'), step('z', { with: { thing: 'z', value: '${{ steps.plug.outputs.answer }}' } })];
    const state = await start(steps, ports);
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('z')?.output).toMatchObject({ value: 'the red one' });
    expect(state.steps.get('plug')).toMatchObject({
      answer: { outcome: 'done', by: 'grace' },
      progress: { proofs: [{ claim: 'The lamp is out', held: true, observed: 'grace said "done": the red one' }] },
    });
  });

  test('the time until the word counts as waiting for people', async () => {
    const at = rig();
    const ports = whenAsked(at, (id) => {
      at.clock.advance(hours(1));
      void answer(at, id, 'done');
    });
    const { humanWaitSeconds, rtoSeconds } = measure(await start([ask('plug'), step('z')], ports));
    expect(humanWaitSeconds).toBeGreaterThanOrEqual(3600);
    expect(rtoSeconds).toBeGreaterThanOrEqual(humanWaitSeconds);
  });

  test('"failed" fails the step as any other, and trying again asks again', async () => {
    const at = rig();
    const paused = await start(
      [ask('plug')],
      whenAsked(at, (id) => void answer(at, id, 'failed', 'no plug there')),
    );
    expect(pausedBecause(paused)?.message).toBe('grace said that it could not be done: no plug there');
    await at.journal.signal(RUN, 'grace', {
      type: 'step.decided',
      step: 'plug',
      decision: 'retry',
      reason: 'found it',
    });
    const state = await resume(whenAsked(at, (id) => void answer(at, id, 'done')));
    expect(state.status).toBe('succeeded');
  });

  test('a word given while nobody drives the run is found when it goes on', async () => {
    const at = rig();
    const stop = new AbortController();
    const paused = await start(
      [ask('plug')],
      whenAsked(at, () => stop.abort(stopped())),
      {},
      stop.signal,
    );
    expect(paused.status).toBe('paused');
    await answer(at, 'plug', 'done', 'the blue one');
    const state = await resume(at.ports());
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('plug')?.output).toMatchObject({ answer: 'the blue one' });
    expect(await types(at, 'step.waiting', 'step.started')).toEqual(['step.started', 'step.waiting']);
  });

  test('the first word counts, and a word that nobody asked for does not', async () => {
    const at = rig();
    const ports = whenAsked(at, (id) => {
      void answer(at, id, 'done', 'first').then(() => answer(at, id, 'failed', 'second'));
      void answer(at, 'z', 'failed', 'not asked');
    });
    const state = await start([ask('plug'), step('z')], ports);
    expect(state.steps.get('plug')?.answer).toMatchObject({ answer: 'first' });
    expect(state.steps.get('z')?.answer).toBeUndefined();
    expect(state.status).toBe('succeeded');
  });

  test('nobody is waited for longer than the step says', async () => {
    const state = await start([ask('plug', { timeout: '1m', on_failure: 'stop' })], rig().ports());
    expect(state).toMatchObject({ status: 'failed', error: { code: 'TIMED_OUT' } });
  });

  test('secrets in an answer are taken out of the output', async () => {
    const at = rig();
    const state = await start(
      [ask('plug')],
      whenAsked(at, (id) => void answer(at, id, 'done', 'hunter2')),
    );
    expect(JSON.stringify(state.steps.get('plug')?.output)).not.toContain('hunter2');
  });

  test('a cancellation ends the wait at once', async () => {
    const at = rig();
    const ports = whenAsked(at, () => void at.journal.signal(RUN, 'grace', { type: 'run.canceled', reason: 'wrong' }));
    expect((await start([ask('plug'), step('z')], ports)).status).toBe('canceled');
    expect(at.world.writes).toEqual([]);
  });
});

describe('human.approve', () => {
  const question = (over: JsonObject = {}): JsonObject => ({
    id: 'leave',
    uses: 'human.approve',
    with: { question: 'Leave the region?' },
    ...over,
  });

  test('goes on after a yes', async () => {
    const at = rig();
    const state = await start(
      [question(), step('z')],
      whenAsked(at, (id) => void answer(at, id, 'done')),
    );
    expect(state.status).toBe('succeeded');
  });

  test('a no asks a person how the run goes on', async () => {
    const at = rig();
    const paused = await start(
      [question(), step('z')],
      whenAsked(at, (id) => void answer(at, id, 'failed', 'stay')),
    );
    expect(pausedBecause(paused)).toMatchObject({ code: 'APPROVAL_REJECTED', message: 'grace said no: stay' });
    expect(at.world.writes).toEqual([]);
  });

  test('with an approval of its own only that is asked for, and it needs all who must say yes', async () => {
    const at = rig();
    const asked: string[] = [];
    const ports = at.ports({
      watch: (happening) => {
        if (happening.kind !== 'event' || happening.event.type !== 'step.waiting') return;
        const { step: id, waitsFor } = happening.event;
        asked.push(waitsFor.kind);
        if (waitsFor.kind !== 'approval') return;
        for (const by of ['grace', 'bob'])
          void at.journal.signal(RUN, by, { type: 'step.approved', step: id, hash: waitsFor.hash });
      },
    });
    const state = await start([question({ approve: { role: 'commander', count: 2 } }), step('z')], ports);
    expect(state.status).toBe('succeeded');
    expect(asked).toEqual(['approval']);
    expect(state.steps.get('leave')?.output).toEqual({ answer: '', by: ['grace', 'bob'] });
  });
});

describe('time.wait', () => {
  const hold = { id: 'hold', uses: 'time.wait', with: { for: '48h' } };

  test('holds the run for the stated time', async () => {
    const at = rig();
    const began = at.clock.now().getTime();
    const state = await start([{ ...hold, with: { for: '2m' } }, step('z')], at.ports());
    expect(state.status).toBe('succeeded');
    const waited = Date.parse(state.endedAt as string) - began;
    expect(waited).toBeGreaterThanOrEqual(minutes(2));
    expect(waited).toBeLessThan(minutes(3));
    expect(measure(state).humanWaitSeconds).toBe(0);
  });

  test('an interruption does not begin it anew, and what has passed meanwhile counts', async () => {
    const at = rig();
    const began = at.clock.now().getTime();
    const stop = new AbortController();
    const ports = at.ports({
      watch: (happening) => {
        if (happening.kind === 'event' && happening.event.type === 'step.holds') stop.abort(stopped());
      },
    });
    const paused = await start([hold, step('z')], ports, {}, stop.signal);
    expect(paused.status).toBe('paused');
    at.clock.advance(hours(48) - minutes(1));
    const state = await resume(at.ports(), never);
    const end = Date.parse(state.endedAt as string);
    expect(state.status).toBe('succeeded');
    expect(end).toBeGreaterThanOrEqual(began + hours(48));
    expect(end).toBeLessThan(began + hours(48) + minutes(1));
    expect(await types(at, 'step.holds')).toEqual(['step.holds']);
  });

  test('a cancellation ends it at once', async () => {
    const at = rig();
    const began = at.clock.now().getTime();
    const ports = at.ports({
      watch: (happening) => {
        if (happening.kind !== 'event' || happening.event.type !== 'step.holds') return;
        void at.journal.signal(RUN, 'grace', { type: 'run.canceled', reason: 'enough' });
      },
    });
    const state = await start([hold, step('z')], ports);
    expect(state.status).toBe('canceled');
    expect(Date.parse(state.endedAt as string) - began).toBeLessThan(hours(1));
    expect(at.world.writes).toEqual([]);
  });
});
