import { describe, expect, test } from 'vitest';
import { hours, minutes, seconds } from '../lib/duration.ts';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { Signal } from '../model/journal.ts';
import type { JournalEvent } from '../model/run.ts';
import { pausedBecause } from './execute.ts';
import type { Happening } from './ports.ts';
import { unreachable } from './testing/fake-world.ts';
import { never, type Rig, RUN, resume, rig, start, step } from './testing/rig.ts';

const look = (over: JsonObject = {}): JsonObject => ({
  ...{ uses: 'fake.gauge', with: { thing: 'lag' }, until: 'outputs.times >= 3', every: '10s' },
  ...over,
});
const wait = (over: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  ...{ id: 'wait', uses: 'time.wait_until', with: { ...look(over), within: over.within ?? '5m' } },
  ...more,
});
const task = (over: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  id: 'plug',
  uses: 'human.task',
  with: {
    instruction: 'Pull the plug',
    done_when: look({ with: { thing: 'plug' }, until: 'outputs.there', text: 'The lamp is out', ...over }),
  },
  ...more,
});

const eventsOf = async <T extends JournalEvent['type']>(at: Rig, type: T) =>
  (await at.journal.events(RUN)).filter((event): event is JournalEvent & { type: T } => event.type === type);

/** Does something the n-th time something happens. */
const when = (at: Rig, type: JournalEvent['type'], ...acts: readonly ((event: JournalEvent) => void)[]) => {
  let times = 0;
  return at.ports({
    watch: (happening: Happening) => {
      if (happening.kind === 'event' && !happening.past && happening.event.type === type)
        acts[times++]?.(happening.event);
    },
  });
};

const answer = (at: Rig, outcome: 'done' | 'failed', more: Partial<Signal & { type: 'step.answered' }> = {}) =>
  void at.journal.signal(RUN, 'grace', { type: 'step.answered', step: 'plug', outcome, answer: 'pulled', ...more });

describe('time.wait_until', () => {
  test('looks again and again until it is so, and later steps can use what was seen', async () => {
    const at = rig();
    const began = at.clock.now().getTime();
    const steps = [wait(), step('z', { with: { thing: 'z', value: '${{ steps.wait.outputs.seen.times }}' } })];
    const state = await start(steps, at.ports());
    expect(state.status).toBe('succeeded');
    // One look to see whether it is so already, two more of the wait.
    expect(state.steps.get('z')?.output).toMatchObject({ value: 3 });
    const waited = Date.parse(state.endedAt as string) - began;
    expect(waited).toBeGreaterThanOrEqual(seconds(10));
    expect(waited).toBeLessThan(seconds(30));
    expect(state.steps.get('wait')?.progress).toMatchObject({
      proofs: [{ claim: 'fake.gauge gives times >= 3', held: true, observed: 'times = 4' }],
    });
  });

  test('what is so already is not waited for', async () => {
    const state = await start([wait({ until: 'outputs.times >= 1' }), step('z')], rig().ports());
    expect(state.steps.get('wait')).toMatchObject({ attempts: 0, progress: { how: 'observed' } });
  });

  test('ends with its time in an error that names the last that was seen', async () => {
    const at = rig();
    const began = at.clock.now().getTime();
    const state = await start([wait({ until: 'outputs.there', within: '1m' }, { on_failure: 'stop' })], at.ports());
    expect(state).toMatchObject({
      status: 'failed',
      error: {
        code: 'TIMED_OUT',
        message: 'wait: waited 1m in vain until fake.gauge gives there; last seen: there = false',
      },
    });
    const waited = Date.parse(state.endedAt as string) - began;
    expect(waited).toBeGreaterThanOrEqual(minutes(1));
    expect(waited).toBeLessThan(minutes(1) + seconds(10));
    expect(at.world.readings.get('lag')).toBeLessThan(10);
  });

  test('an interruption gives it no more time', async () => {
    const at = rig();
    const stop = new AbortController();
    const steps = [wait({ until: 'outputs.there', within: '1h' }, { on_failure: 'stop' })];
    const ports = when(at, 'step.looked', () => stop.abort(new KnownError('RUN_PAUSED', 'stopped', 'Resume.')));
    expect((await start(steps, ports, {}, stop.signal)).status).toBe('paused');
    at.clock.advance(minutes(55));
    const resumed = at.clock.now().getTime();
    const state = await resume(at.ports(), never);
    expect(state.error).toMatchObject({ code: 'TIMED_OUT', message: expect.stringContaining('waited 1h in vain') });
    expect(Date.parse(state.endedAt as string) - resumed).toBeLessThan(minutes(6));
    expect((await eventsOf(at, 'step.looked')).filter(({ until }) => until !== undefined)).toHaveLength(1);
  });

  test('another try waits as long as the first one', async () => {
    const at = rig();
    const steps = [
      wait({ until: 'outputs.there', within: '1m' }, { retry: { times: 1, every: '1s' }, on_failure: 'stop' }),
    ];
    await start(steps, at.ports());
    const ends = (await eventsOf(at, 'step.looked')).flatMap(({ until }) => until ?? []);
    expect(ends).toHaveLength(2);
    expect(Date.parse(ends[1] as string) - Date.parse(ends[0] as string)).toBeGreaterThan(minutes(1));
  });

  test('a clock that is put back an hour does not make it an hour longer', async () => {
    const at = rig();
    const ports = when(at, 'step.looked', () => at.clock.advance(-hours(1)));
    const steps = [wait({ until: 'outputs.there', within: '1m', every: '10s' }, { on_failure: 'stop' })];
    await start(steps, ports);
    expect(at.world.readings.get('lag')).toBeLessThan(12);
  });

  test('what cannot be looked at is not so, and is looked at again', async () => {
    const at = rig();
    at.world.troubles.set('lag', [unreachable(), unreachable(), unreachable()]);
    const state = await start([wait({ until: 'outputs.times >= 1' }), step('z')], at.ports());
    expect(state.status).toBe('succeeded');
    expect((await eventsOf(at, 'step.looked'))[1]?.seen).toBe('it cannot be told: the target does not answer');
  });

  test('a condition that cannot be worked out is not met', async () => {
    const state = await start(
      [wait({ until: 'outputs.nothing > 1', within: '20s' }, { on_failure: 'stop' })],
      rig().ports(),
    );
    expect(state.error?.message).toContain('until cannot be worked out');
  });

  test.each([
    ['an action that changes something', { uses: 'fake.make' }, 'which does more than look'],
    ['an action that asks people', { uses: 'human.approve', with: { question: 'Now?' } }, 'which does more than look'],
    ['an action that is not there', { uses: 'fake.guess' }, 'is not available in this build'],
    ['an input that it does not take', { with: { thong: 'lag' } }, 'fake.gauge does not take this input'],
  ])('%s is refused, and nothing is called', async (_, over, message) => {
    const at = rig();
    const state = await start([wait(over, { on_failure: 'stop' })], at.ports());
    expect(state.error).toMatchObject({ code: 'PLAN_INVALID', message: expect.stringContaining(message) });
    expect(at.world.writes).toEqual([]);
  });

  test('a cancellation ends it at once', async () => {
    const at = rig();
    const began = at.clock.now().getTime();
    const ports = when(at, 'step.looked', () => {
      void at.journal.signal(RUN, 'grace', { type: 'run.canceled', reason: 'enough' });
    });
    const state = await start([wait({ until: 'outputs.there', within: '9h', every: '1h' }), step('z')], ports);
    expect(state.status).toBe('canceled');
    expect(Date.parse(state.endedAt as string) - began).toBeLessThan(minutes(2));
  });

  test('the log keeps no more than somebody can read', async () => {
    const at = rig();
    await start(
      [wait({ until: 'outputs.there && outputs.times > 0', every: '1s' }, { on_failure: 'stop' })],
      at.ports(),
    );
    expect(at.world.readings.get('lag')).toBeGreaterThan(200);
    expect((await eventsOf(at, 'step.looked')).length).toBeLessThan(14);
  });

  test('secrets that are seen are taken out', async () => {
    const at = rig();
    const over = { with: { thing: 'hunter2' }, until: 'outputs.thing == "x"', within: '10s' };
    await start([wait(over, { on_failure: 'stop' })], at.ports());
    const kept = [...(await eventsOf(at, 'step.looked')), ...(await eventsOf(at, 'run.failed'))];
    expect(JSON.stringify(kept)).toContain('[redacted]');
    expect(JSON.stringify(kept)).not.toContain('hunter2');
  });
});

describe('human.task with a machine that looks', () => {
  const pulled = (at: Rig) => at.world.effects.set('plug', {});

  test('ends by itself when the machine sees it, and nobody has to say anything', async () => {
    const at = rig();
    const state = await start(
      [task(), step('z')],
      when(at, 'step.waiting', () => void pulled(at)),
    );
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('plug')).toMatchObject({
      output: { by: '', answer: '', seen: 'there = true' },
      progress: { proofs: [{ claim: 'The lamp is out', held: true, observed: 'there = true' }] },
    });
  });

  test('what is done already is asked of nobody', async () => {
    const at = rig();
    pulled(at);
    const state = await start([task(), step('z')], at.ports());
    expect(state.steps.get('plug')).toMatchObject({ attempts: 0, progress: { how: 'observed' } });
    expect(await eventsOf(at, 'step.waiting')).toEqual([]);
  });

  test('a "done" that the machine does not see does not count, says what is seen, and is asked again', async () => {
    const at = rig();
    const ports = when(
      at,
      'step.waiting',
      () => answer(at, 'done'),
      () => {
        pulled(at);
        answer(at, 'done', { answer: 'now really' });
      },
    );
    const state = await start([task(), step('z')], ports);
    expect((await eventsOf(at, 'step.looked')).filter(({ refuted }) => refuted)).toMatchObject([
      { looksFor: 'fake.gauge gives there', seen: 'there = false' },
    ]);
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('plug')).toMatchObject({
      answer: { answer: 'now really', by: 'grace' },
      output: { answer: 'now really', by: 'grace', seen: 'there = true' },
    });
    // Two waits for a person: until the first word, and from the look that refuted it on.
    expect(state.waits.map(({ step: id, to }) => [id, to !== undefined])).toEqual([
      ['plug', true],
      ['plug', true],
    ]);
  });

  test('a person may overrule the machine, and that stands in the proof', async () => {
    const at = rig();
    const ports = when(at, 'step.waiting', () =>
      answer(at, 'done', { despiteLook: true, answer: 'the lamp is broken' }),
    );
    const state = await start([task(), step('z')], ports);
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('plug')?.progress).toMatchObject({
      proofs: [
        {
          claim: 'somebody answers for it: The lamp is out',
          observed: 'grace said "done": the lamp is broken; seen: there = false',
        },
      ],
    });
  });

  test('"failed" fails the step, whatever the machine sees', async () => {
    const at = rig();
    const ports = when(at, 'step.waiting', () => answer(at, 'failed', { answer: 'no plug there' }));
    const paused = await start([task()], ports);
    expect(pausedBecause(paused)?.message).toBe('grace said that it could not be done: no plug there');
    await at.journal.signal(RUN, 'ada', { type: 'step.decided', step: 'plug', decision: 'retry', reason: 'again' });
    pulled(at);
    expect((await resume(at.ports())).status).toBe('succeeded');
  });

  test('a word given while nobody drives the run is judged by the machine when it goes on', async () => {
    const at = rig();
    const stop = new AbortController();
    const ports = when(at, 'step.waiting', () => stop.abort(new KnownError('RUN_PAUSED', 'stopped', 'Resume.')));
    expect((await start([task(), step('z')], ports, {}, stop.signal)).status).toBe('paused');
    answer(at, 'done');
    const again = when(
      at,
      'step.waiting',
      () => undefined,
      () => void pulled(at),
    );
    const state = await resume(again);
    expect((await eventsOf(at, 'step.looked')).filter(({ refuted }) => refuted)).toHaveLength(1);
    expect(state.status).toBe('succeeded');
  });

  test('it has an end, too', async () => {
    const state = await start([task({}, { timeout: '2m', on_failure: 'stop' })], rig().ports());
    expect(state).toMatchObject({ status: 'failed', error: { code: 'TIMED_OUT' } });
  });

  test('what rests on it is proven by a new look, not by a word', async () => {
    const at = rig();
    pulled(at);
    const steps = [task(), step('cut', { proven: ['plug'] })];
    const ports = when(at, 'step.succeeded', () => void at.world.effects.delete('plug'));
    expect(pausedBecause(await start(steps, ports))).toMatchObject({ code: 'NOT_PROVEN' });
  });
});
