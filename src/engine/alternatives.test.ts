import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { openObligations, type RunState } from '../model/run-state.ts';
import { pausedBecause } from './execute.ts';
import { type Rig, RUN, resume, rig, start, startWith, step } from './testing/rig.ts';

const way = (id: string, over: JsonObject = {}): JsonObject => step(id, { one_of: 'way', ...over });
const use = (id: string, procedure: string, over: JsonObject = {}): JsonObject => ({
  id,
  uses: 'procedure',
  with: { procedure },
  one_of: 'way',
  ...over,
});
const statuses = (state: RunState) =>
  Object.fromEntries([...state.steps.values()].map((one) => [one.id, one.progress.status]));
const broken = () => new KnownError('TARGET_FAILED', 'broken', 'Mend it.');
const breaks = (...things: string[]): Rig => {
  const at = rig();
  for (const thing of things) at.world.troubles.set(thing, [broken()]);
  return at;
};
const decide = (at: Rig, id: string, decision: 'retry' | 'done' | 'skip' | 'undo' | 'abort') =>
  at.journal.signal(RUN, 'grace', { type: 'step.decided', step: id, decision, reason: 'I looked' });

describe('one of several ways', () => {
  test('the first is taken, the others are skipped and say why', async () => {
    const at = rig();
    const state = await start([step('a'), way('b'), way('c'), step('z')], at.ports());
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a', 'make b', 'make z']);
    expect(state.steps.get('c')?.progress).toMatchObject({ status: 'skipped', why: 'b was taken: one of "way"' });
  });

  test('the first whose condition holds', async () => {
    const at = rig();
    const state = await start(
      [way('a', { when: '${{ false }}' }), way('b', { when: '${{ true }}' }), way('c'), step('z')],
      at.ports(),
    );
    expect(at.world.writes).toEqual(['make b', 'make z']);
    expect(statuses(state)).toMatchObject({ a: 'skipped', b: 'succeeded', c: 'skipped' });
  });

  test('when one fails, the next is taken, and the failure does not fail the run', async () => {
    const at = breaks('a');
    const state = await start([way('a'), way('b'), step('z')], at.ports());
    expect(state.status).toBe('succeeded');
    expect(statuses(state)).toEqual({ a: 'failed', b: 'succeeded', z: 'succeeded' });
    expect(at.world.writes).toEqual(['make b', 'make z']);
  });

  test('a way that says continue gives way to the next as well', async () => {
    const state = await start([way('a', { on_failure: 'continue' }), way('b'), step('z')], breaks('a').ports());
    expect(statuses(state)).toEqual({ a: 'failed', b: 'succeeded', z: 'succeeded' });
  });

  test.each(['stop', 'undo'])('a way that says %s means the run', async (on_failure) => {
    const at = breaks('a');
    const state = await start([way('a', { on_failure }), way('b'), step('z')], at.ports());
    expect(state.status).toBe('failed');
    expect(at.world.writes).toEqual([]);
  });

  test('a step that needs one of them goes on when another was taken, and not before', async () => {
    const at = breaks('b');
    const steps = [way('a', { when: '${{ false }}' }), way('b'), way('c'), step('z', { needs: ['a'] })];
    const state = await start(steps, at.ports());
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make c', 'make z']);
  });

  test('a way that did not fail is tried again as often as it says before the next is taken', async () => {
    const at = rig();
    at.world.troubles.set('a', [new KnownError('TARGET_UNREACHABLE', 'away', 'Wait.')]);
    const state = await start([way('a', { retry: { times: 1 } }), way('b'), step('z')], at.ports());
    expect(statuses(state)).toEqual({ a: 'succeeded', b: 'skipped', z: 'succeeded' });
  });
});

test.each([
  ['does not begin', step('slow', { needs: [] })],
  ['asks nobody', step('slow', { needs: [], approve: { role: 'commander' } })],
])('what waits for the yes to its procedure %s once another way was taken', async (_does, slow) => {
  const at = breaks('first');
  const ports = at.ports({
    // Of two steps that wait for one yes, the one that asked is broken; the other hears of it when the next way is gone already.
    watch(happening) {
      if (happening.kind !== 'event' || happening.event.type !== 'step.waiting') return;
      const { step: id, waitsFor } = happening.event;
      if (waitsFor.kind !== 'approval') return;
      void at.journal.signal(RUN, 'grace', { type: 'step.approved', step: id, hash: waitsFor.hash });
    },
  });
  const steps = [use('a', 'both', { approve: { role: 'commander' } }), way('b'), step('z')];
  const state = await startWith({ both: [step('first'), slow] }, steps, ports);
  expect(state.status).toBe('succeeded');
  expect(statuses(state)).toEqual({ 'a.first': 'failed', 'a.slow': 'skipped', b: 'succeeded', z: 'succeeded' });
  expect(at.world.writes).toEqual(['make b', 'make z']);
});

test('alternatives that wait for each other never count as done', async () => {
  const state = await start(
    [way('a', { when: '${{ false }}' }), step('b'), way('c'), step('z', { needs: [] })],
    rig().ports(),
  );
  expect(state).toMatchObject({ status: 'failed', error: { code: 'PLAN_INVALID' } });
  expect(state.error?.message).toContain('b, c');
});

describe('when all ways fail', () => {
  test('the last one asks', async () => {
    const at = breaks('a', 'b');
    const paused = await start([way('a'), way('b'), step('z')], at.ports());
    expect(paused.status).toBe('paused');
    expect(statuses(paused)).toEqual({ a: 'failed', b: 'waiting' });
    expect(pausedBecause(paused)?.message).toBe('broken');
    await decide(at, 'b', 'retry');
    expect((await resume(at.ports())).status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make b', 'make z']);
  });

  test('the last that was tried asks, when the others are ruled out by their conditions', async () => {
    const at = breaks('a');
    const steps = [way('a'), way('b', { when: '${{ false }}' }), step('z')];
    const paused = await start(steps, at.ports());
    expect(statuses(paused)).toEqual({ a: 'waiting', b: 'skipped' });
    await decide(at, 'a', 'retry');
    expect((await resume(at.ports())).status).toBe('succeeded');
  });

  test('the last one may let the run go on', async () => {
    const state = await start([way('a'), way('b', { on_failure: 'continue' }), step('z')], breaks('a', 'b').ports());
    expect(statuses(state)).toEqual({ a: 'failed', b: 'failed', z: 'succeeded' });
    expect(state.status).toBe('succeeded');
  });

  test('the last one may stop the run', async () => {
    const state = await start([way('a'), way('b', { on_failure: 'stop' }), step('z')], breaks('a', 'b').ports());
    expect(state).toMatchObject({ status: 'failed', error: { message: 'broken' } });
  });
});

describe('a way that needs a person', () => {
  test('an unknown outcome is for a person, not a reason to try the next', async () => {
    const at = rig();
    const stop = new AbortController();
    at.world.tick = (where) => {
      if (where === 'make a') stop.abort(new KnownError('RUN_PAUSED', 'stopped', 'Resume.'));
    };
    await start(
      [way('a', { uses: 'fake.shell', with: { thing: 'a', value: 'hang' } }), way('b'), step('z')],
      at.ports(),
      {},
      stop.signal,
    );
    at.world.tick = () => undefined;
    const paused = await resume(at.ports());
    expect(pausedBecause(paused)?.code).toBe('OUTCOME_UNKNOWN');
    expect(at.world.writes).toEqual([]);
    await decide(at, 'a', 'skip');
    expect((await resume(at.ports())).status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make b', 'make z']);
  });

  test('a no is for a person too; "skip" takes the next way', async () => {
    const at = rig();
    const ports = at.ports({
      watch: (happening) => {
        if (happening.kind !== 'event' || happening.event.type !== 'step.waiting') return;
        const { waitsFor } = happening.event;
        if (waitsFor.kind !== 'approval') return;
        void at.journal.signal(RUN, 'grace', { type: 'step.rejected', step: 'a', hash: waitsFor.hash, reason: 'no' });
      },
    });
    const paused = await start([way('a', { approve: { role: 'commander' } }), way('b'), step('z')], ports);
    expect(pausedBecause(paused)?.code).toBe('APPROVAL_REJECTED');
    await decide(at, 'a', 'skip');
    expect((await resume(at.ports())).status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make b', 'make z']);
  });
});

describe('a way of several steps', () => {
  const p = [step('p1'), step('p2'), step('p3')];

  test('is taken as a whole', async () => {
    const at = rig();
    const state = await startWith({ p }, [use('a', 'p'), way('b'), step('z')], at.ports());
    expect(at.world.writes).toEqual(['make p1', 'make p2', 'make p3', 'make z']);
    expect(statuses(state).b).toBe('skipped');
  });

  test('fails as a whole: its rest is skipped once another way was taken, what it owes stays open', async () => {
    const at = breaks('p2');
    const owing = [step('p1', { uses: 'fake.block' }), step('p2'), step('p3')];
    const state = await startWith({ p: owing }, [use('a', 'p'), way('b'), step('z')], at.ports());
    expect(at.world.writes).toEqual(['make p1', 'make b', 'make z']);
    expect(statuses(state)).toEqual({
      'a.p1': 'succeeded',
      'a.p2': 'failed',
      'a.p3': 'skipped',
      b: 'succeeded',
      z: 'succeeded',
    });
    expect(state.status).toBe('paused');
    expect(openObligations(state).map(({ id }) => id)).toEqual(['blocked:p1']);
  });

  test('a condition on the use rules all of it out', async () => {
    const at = rig();
    await startWith(
      { p, q: [step('q1'), step('q2')] },
      [use('a', 'p', { when: '${{ false }}' }), use('b', 'q'), step('z')],
      at.ports(),
    );
    expect(at.world.writes).toEqual(['make q1', 'make q2', 'make z']);
  });

  test('what it does side by side comes to rest before the next way begins', async () => {
    const at = rig();
    at.world.troubles.set('p1', [broken()]);
    at.world.troubles.set('p2', [new KnownError('TARGET_UNREACHABLE', 'away', 'Wait.')]);
    const beside = [step('p1', { needs: [] }), step('p2', { needs: [], retry: { times: 1, every: '10s' } })];
    await startWith({ p: beside }, [use('a', 'p'), way('b'), step('z')], at.ports());
    expect(at.world.writes).toEqual(['make p2', 'make b', 'make z']);
  });

  test('alternatives inside of it are tried before it has failed', async () => {
    const at = breaks('p1');
    const inner = [way('p1'), way('p2'), step('p3')];
    const state = await startWith({ p: inner }, [use('a', 'p'), way('b'), step('z')], at.ports());
    expect(at.world.writes).toEqual(['make p2', 'make p3', 'make z']);
    expect(statuses(state).b).toBe('skipped');
  });

  test('and when all of those fail, the next way outside is taken', async () => {
    const at = breaks('p1', 'p2');
    const inner = [way('p1'), way('p2'), step('p3')];
    const state = await startWith({ p: inner }, [use('a', 'p'), way('b'), step('z')], at.ports());
    expect(at.world.writes).toEqual(['make b', 'make z']);
    expect(statuses(state)).toMatchObject({ 'a.p1': 'failed', 'a.p2': 'failed', 'a.p3': 'skipped', b: 'succeeded' });
  });

  test('the same group name in two procedures is two groups', async () => {
    const at = rig();
    const inner = [way('p1'), way('p2')];
    const state = await startWith(
      { p: inner },
      [use('a', 'p', { one_of: undefined as never }), use('b', 'p', { one_of: undefined as never }), step('z')],
      at.ports(),
    );
    expect(statuses(state)).toMatchObject({
      'a.p1': 'succeeded',
      'a.p2': 'skipped',
      'b.p1': 'succeeded',
      'b.p2': 'skipped',
    });
  });
});
