import { describe, expect, test } from 'vitest';
import { minutes } from '../lib/duration.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Signal } from '../model/journal.ts';
import type { JournalEvent } from '../model/run.ts';
import { measure, openObligations, type RunState } from '../model/run-state.ts';
import { type Rig, RUN, resume, rig, start, step } from './testing/rig.ts';

const confirm = { role: 'commander', within: '10m' };
const turn = (over: JsonObject = {}) => step('turn', { confirm, on_failure: 'stop', ...over });
const say = (at: Rig, word: Signal, by = 'ada') => at.journal.signal(RUN, by, word);
const YES = { type: 'step.confirmed', step: 'turn' } as const;
const NO = { type: 'step.denied', step: 'turn', reason: 'orders fail' } as const;

/** A process in which somebody answers, or which somebody stops, as soon as a confirmation is asked. */
function whenAsked(at: Rig, then: (event: JournalEvent) => void) {
  return at.ports({
    watch: (happening) => {
      if (happening.kind !== 'event' || happening.event.type !== 'step.waiting' || happening.past) return;
      if (happening.event.waitsFor.kind === 'confirmation') then(happening.event);
    },
  });
}

/** The run stands still while it waits for the confirmation. */
async function stoppedWhileAsking(at: Rig, steps: readonly JsonObject[]): Promise<RunState> {
  const stop = new AbortController();
  const ports = whenAsked(at, () => stop.abort(new Error('stopped')));
  return start(steps, ports, {}, stop.signal);
}

const untilOf = (state: RunState) => {
  const progress = state.steps.get('turn')?.progress;
  return progress?.status === 'waiting' && progress.waitsFor.kind === 'confirmation' ? progress.waitsFor.until : '';
};

describe('a step that must be confirmed', () => {
  test('is kept by a yes, and what follows waits for it', async () => {
    const at = rig();
    const state = await start(
      [turn(), step('after')],
      whenAsked(at, () => void say(at, YES)),
    );
    expect(state.status).toBe('succeeded');
    const order = (await at.journal.events(RUN)).map(
      ({ type, ...event }) => `${type} ${'step' in event ? event.step : ''}`,
    );
    expect(order.indexOf('step.confirmed turn')).toBeLessThan(order.indexOf('step.succeeded turn'));
    expect(order.indexOf('step.succeeded turn')).toBeLessThan(order.indexOf('step.started after'));
    expect(at.world.writes).toEqual(['make turn', 'make after']);
  });

  test('is taken back at once by a no, and fails', async () => {
    const at = rig();
    const state = await start(
      [turn(), step('after')],
      whenAsked(at, () => void say(at, NO)),
    );
    expect(state).toMatchObject({
      status: 'failed',
      error: {
        code: 'NOT_CONFIRMED',
        message: 'turn: ada said that the world is not right: orders fail. It was taken back',
        hint: 'Look at what was not right, then: lifeboat decide run-1 turn retry|skip|undo|abort --reason "…"',
      },
    });
    expect(at.world.writes).toEqual(['make turn', 'unmake turn']);
  });

  test('is taken back when nobody says anything in time, and not before', async () => {
    const at = rig();
    const begun = at.clock.now().getTime();
    const state = await start([turn()], at.ports());
    expect(state.error?.message).toBe('turn: nobody in the role commander confirmed it within 10m. It was taken back');
    expect(at.clock.now().getTime() - begun).toBeGreaterThanOrEqual(minutes(10));
    expect(at.world.writes).toEqual(['make turn', 'unmake turn']);
  });

  test('waits for people longer than the step itself may take', async () => {
    const at = rig();
    expect((await start([turn({ timeout: '1m' })], at.ports())).error?.code).toBe('NOT_CONFIRMED');
  });

  test('of two one yes is not enough', async () => {
    const at = rig();
    const two = turn({ confirm: { ...confirm, count: 2 } });
    expect(
      (
        await start(
          [two],
          whenAsked(at, () => void say(at, YES)),
        )
      ).error?.code,
    ).toBe('NOT_CONFIRMED');
    const both = rig();
    const ports = whenAsked(both, () => void say(both, YES).then(() => say(both, YES, 'bob')));
    expect((await start([two], ports)).status).toBe('succeeded');
  });

  test('once resumed after its time it is taken back at once, however late the yes then is', async () => {
    const at = rig();
    const stopped = await stoppedWhileAsking(at, [turn()]);
    expect(stopped.status).toBe('paused');
    const until = untilOf(stopped);
    at.clock.advance(minutes(11));
    await say(at, YES);
    const state = await resume(at.ports());
    expect(state.error?.code).toBe('NOT_CONFIRMED');
    expect(at.world.writes).toEqual(['make turn', 'unmake turn']);
    expect(Date.parse(until)).toBeLessThan(at.clock.now().getTime());
  });

  test('a yes that came in time while nobody drove the run is kept, however late it is resumed', async () => {
    const at = rig();
    await stoppedWhileAsking(at, [turn()]);
    at.clock.advance(minutes(9));
    await say(at, YES);
    at.clock.advance(minutes(60));
    expect((await resume(at.ports())).status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make turn']);
  });

  test('a second asking after a restart does not give more time', async () => {
    const at = rig();
    const first = untilOf(await stoppedWhileAsking(at, [turn()]));
    at.clock.advance(minutes(9));
    const asked: string[] = [];
    const ports = whenAsked(at, (event) => {
      if (event.type === 'step.waiting' && event.waitsFor.kind === 'confirmation') asked.push(event.waitsFor.until);
    });
    expect((await resume(ports)).error?.code).toBe('NOT_CONFIRMED');
    expect(asked).toEqual([first]);
  });

  test('what this run found done is asked about, and left to whom it belongs', async () => {
    const at = rig();
    at.world.effects.set('turn', { thing: 'turn' });
    const state = await start(
      [turn()],
      whenAsked(at, () => void say(at, NO)),
    );
    expect(state.error?.message).toContain('It was there before this run, so it was not taken back');
    expect(at.world.writes).toEqual([]);
  });

  test('what cannot be taken back although it should is for a person, whatever the plan says', async () => {
    const at = rig();
    const ports = whenAsked(at, () => void say(at, NO));
    const find: typeof ports.actions.find = (name) => {
      const found = ports.actions.find(name);
      const undo = () => Promise.reject(new Error('the switch is stuck'));
      return found && { ...found, action: { ...found.action, undo } };
    };
    const state = await start([turn({ on_failure: 'continue' })], { ...ports, actions: { find } });
    const progress = state.steps.get('turn')?.progress;
    expect(state.status).toBe('paused');
    expect(progress?.status === 'waiting' && progress.waitsFor).toMatchObject({
      why: {
        code: 'OUTCOME_UNKNOWN',
        message: expect.stringContaining('could not be taken back: it failed: the switch is stuck'),
      },
    });
  });

  test('is asked anew when it is tried again', async () => {
    const at = rig();
    let answers = 0;
    const ports = whenAsked(at, () => void say(at, answers++ === 0 ? NO : YES));
    const parked = await start([turn({ on_failure: 'ask' })], ports);
    expect(parked.status).toBe('paused');
    await say(at, { type: 'step.decided', step: 'turn', decision: 'retry', reason: 'mended' });
    expect((await resume(ports)).status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make turn', 'unmake turn', 'make turn']);
  });

  test('owes nothing any more once it is taken back', async () => {
    const at = rig();
    const state = await start(
      [turn({ uses: 'fake.block' })],
      whenAsked(at, () => void say(at, NO)),
    );
    expect(openObligations(state)).toEqual([]);
  });

  test('does not act at all when it could not be taken back', async () => {
    const at = rig();
    const state = await start([turn({ uses: 'fake.shell' })], at.ports());
    expect(state.error).toMatchObject({
      code: 'PLAN_INVALID',
      message: 'turn is to be taken back when nobody confirms it, and cannot be: a command cannot be taken back',
    });
    expect(at.world.writes).toEqual([]);
  });

  test('as the healthy step it counts from when it was reached, and only when it is confirmed', async () => {
    const at = rig();
    const late = whenAsked(at, () => void at.clock.sleep(minutes(5)).then(() => say(at, YES)));
    const state = await start([turn()], late);
    const asked = (await at.journal.events(RUN)).find(({ type }) => type === 'step.waiting');
    expect(state.healthyAt).toBe(asked?.at);
    expect(measure(state).humanWaitSeconds).toBe(0);
    const not = rig();
    expect(
      (
        await start(
          [turn()],
          whenAsked(not, () => void say(not, NO)),
        )
      ).healthyAt,
    ).toBeUndefined();
  });

  test('before the healthy step the wait counts as waiting for people', async () => {
    const at = rig();
    const late = whenAsked(at, () => void at.clock.sleep(minutes(5)).then(() => say(at, YES)));
    const state = await start([turn(), step('after')], late);
    expect(measure(state).humanWaitSeconds).toBeGreaterThanOrEqual(300);
  });
});
