import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { foldRun } from '../model/run-state.ts';
import { expressions } from '../plan/expressions.ts';
import type { Expressions } from './ports.ts';
import { liveOnce, say } from './testing/dying.ts';
import { type Rig, RUN, resume, rig, start, startWith, step } from './testing/rig.ts';

const each = (over: JsonObject = {}): JsonObject =>
  step('each', { for_each: ['a', 'b', 'c', 'd'], with: { thing: '${{ item }}' }, ...over });
const broken = () => new KnownError('TARGET_FAILED', 'broken', 'Mend it.');
const breaks = (at: Rig, ...things: readonly string[]): Rig => {
  for (const thing of things) at.world.troubles.set(thing, [broken()]);
  return at;
};
const statusOf = (state: Awaited<ReturnType<typeof start>>, id: string) => state.steps.get(id)?.progress.status;
const errorOf = (state: Awaited<ReturnType<typeof start>>, id: string) => {
  const progress = state.steps.get(id)?.progress;
  return progress?.status === 'failed'
    ? progress.error
    : progress?.status === 'waiting' && progress.waitsFor.kind === 'decision'
      ? progress.waitsFor.why
      : undefined;
};

describe('a step for each of several items', () => {
  test('is carried out for each, in order, and says how each ended', async () => {
    const at = rig();
    const state = await start(
      [each({ with: { thing: '${{ item }}-${{ index }}', value: '${{ index }}' } })],
      at.ports(),
    );
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a-0', 'make b-1', 'make c-2', 'make d-3']);
    expect(state.steps.get('each')?.output).toMatchObject({
      succeeded: 4,
      failed: 0,
      skipped: 0,
      items: [{ item: 'a', status: 'succeeded', outputs: { thing: 'a-0', value: 0 } }, {}, {}, {}],
    });
    expect(statusOf(state, 'each.3')).toBe('succeeded');
  });

  test('later steps see how the items ended, and not the items as steps', async () => {
    const at = rig();
    const last = step('last', {
      with: { thing: 'last-${{ steps.each.outputs.items[1].outputs.thing }}', value: '${{ size(steps.each) }}' },
    });
    const state = await start([each(), last], at.ports());
    expect(state.steps.get('last')?.output).toEqual({ thing: 'last-b', value: 2 });
  });

  test('items may be maps that an earlier step found', async () => {
    const at = rig();
    const find = step('find', { uses: 'fake.look', with: { thing: 'x', value: [{ name: 'p' }, { name: 'q' }] } });
    const state = await start(
      [find, each({ for_each: '${{ steps.find.outputs.value }}', with: { thing: '${{ item.name }}' } })],
      at.ports(),
    );
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make p', 'make q']);
  });

  test('a condition that is false leaves all of it out', async () => {
    const at = rig();
    const state = await start([each({ when: '${{ false }}' }), step('last')], at.ports());
    expect(statusOf(state, 'each')).toBe('skipped');
    expect(at.world.writes).toEqual(['make last']);
  });

  test('each item has tries of its own', async () => {
    const at = rig();
    at.world.troubles.set('b', [new KnownError('TARGET_UNREACHABLE', 'away', 'Wait.')]);
    const state = await start([each({ retry: { times: 1, every: '1s' } })], at.ports());
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('each.1')?.attempts).toBe(2);
    expect(state.steps.get('each.0')?.attempts).toBe(1);
  });
});

describe('what it cannot be carried out for', () => {
  test.each([
    ['a text', '${{ "abc" }}', 'not a list'],
    ['a list with nothing in it', '${{ [null] }}', 'item 0'],
    ['a list of lists', '${{ ["a", ["b"]] }}', 'item 1'],
    ['a list that has no end', '${{ steps.find.outputs.value }}', '10001 items'],
  ])('%s', async (_, list, words) => {
    const at = rig();
    const find = step('find', { uses: 'fake.look', with: { thing: 'x', value: Array(10_001).fill('y') } });
    const state = await start([find, each({ for_each: list })], at.ports());
    expect(state.status).toBe('paused');
    expect(errorOf(state, 'each')).toMatchObject({ code: 'PLAN_INVALID', message: expect.stringContaining(words) });
    expect(at.world.writes).toEqual([]);
  });

  test('an item that holds a secret: what is kept of it would be another item', async () => {
    const at = rig();
    const state = await start([each({ for_each: ['a', 'hunter2'] })], at.ports());
    expect(errorOf(state, 'each')).toMatchObject({ code: 'PLAN_INVALID', message: expect.stringContaining('secret') });
    expect(JSON.stringify(state.steps.get('each'))).not.toContain('hunter2');
  });

  test('an empty list is a failure', async () => {
    const state = await start([each({ for_each: [] }), step('last')], rig().ports());
    expect(errorOf(state, 'each')).toMatchObject({ code: 'VERIFICATION_FAILED' });
  });

  test('unless the plan says that it can be right', async () => {
    const state = await start([each({ for_each: [], may_be_empty: true }), step('last')], rig().ports());
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('each')?.output).toEqual({ items: [], succeeded: 0, failed: 0, skipped: 0 });
  });
});

describe('items that fail', () => {
  test('within what may fail the step succeeds', async () => {
    const at = breaks(rig(), 'b');
    const state = await start([each({ may_fail: 1 }), step('last')], at.ports());
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('each')?.output).toMatchObject({ succeeded: 3, failed: 1 });
    expect(statusOf(state, 'each.1')).toBe('failed');
  });

  test('beyond it no further item is begun, those under way come to rest, and the step fails', async () => {
    const at = breaks(rig(), 'a');
    const state = await start([each({ on_failure: 'stop' }), step('last')], at.ports());
    expect(state.status).toBe('failed');
    expect(errorOf(state, 'each')).toMatchObject({ code: 'STEP_FAILED', message: expect.stringContaining('each.0') });
    expect(['each.1', 'each.2', 'each.3'].map((id) => statusOf(state, id))).toEqual(['skipped', 'skipped', 'skipped']);
    expect(at.world.writes).toEqual([]);
  });

  test('a person who says "retry" has what failed and what was not begun done again', async () => {
    const at = breaks(rig(), 'b');
    const first = await start([each(), step('last')], at.ports());
    expect(first.status).toBe('paused');
    expect(at.world.writes).toEqual(['make a']);
    say(at.journal, { type: 'step.decided', step: 'each', decision: 'retry', reason: 'mended' });
    const state = await resume(at.ports());
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a', 'make b', 'make c', 'make d', 'make last']);
    expect(state.steps.get('each.1')?.attempts).toBe(2);
  });

  test('a command that failed and leaves no trace is begun again on that word, and asks nobody twice', async () => {
    const at = breaks(rig(), 'b');
    await start([each({ uses: 'fake.shell' }), step('last')], at.ports());
    say(at.journal, { type: 'step.decided', step: 'each', decision: 'retry', reason: 'mended' });
    const state = await resume(at.ports());
    expect(state.status).toBe('succeeded');
  });

  test('a person may leave the step out', async () => {
    const at = breaks(rig(), 'a');
    await start([each(), step('last')], at.ports());
    say(at.journal, { type: 'step.decided', step: 'each', decision: 'skip', reason: 'not needed' });
    expect((await resume(at.ports())).status).toBe('succeeded');
  });

  test('when every item fails nothing was done, whatever may fail', async () => {
    const at = breaks(rig(), 'a', 'b', 'c', 'd');
    const state = await start([each({ may_fail: 9, on_failure: 'stop' })], at.ports());
    expect(state.status).toBe('failed');
    expect(errorOf(state, 'each')?.message).toContain('4 of 4');
  });

  test('undo takes the items back, the newest first', async () => {
    const at = breaks(rig(), 'c');
    const state = await start([step('before'), each({ on_failure: 'undo' })], at.ports());
    expect(state.status).toBe('failed');
    expect(at.world.writes).toEqual(['make before', 'make a', 'make b', 'unmake b', 'unmake a', 'unmake before']);
    expect(statusOf(state, 'each')).toBe('undone');
  });

  test('of alternatives the next one is taken', async () => {
    const at = breaks(rig(), 'b');
    const state = await start([each({ one_of: 'way' }), step('other', { one_of: 'way' }), step('last')], at.ports());
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a', 'make other', 'make last']);
  });
});

/** A run that was killed while the item `each.1` was being done. */
async function killedInTheSecondItem(steps: readonly JsonObject[]): Promise<Rig> {
  for (let n = 1; n < 50; n++) {
    const at = rig();
    let moments = 0;
    await liveOnce({ at, journal: at.journal, dies: () => ++moments === n }, (ports) => start(steps, ports));
    const state = foldRun(await at.journal.events(RUN));
    if (statusOf(state, 'each.1') === 'running')
      return {
        ...at,
        journal: at.journal.anotherProcess(),
        ports: (over) => at.ports({ journal: at.journal.anotherProcess(), ...over }),
      };
  }
  throw new Error('no such moment');
}

describe('a run that is taken up again', () => {
  test('asks a person about the one item of which nobody knows the outcome', async () => {
    const at = await killedInTheSecondItem([each({ uses: 'fake.shell' }), step('last')]);
    at.world.tick = () => undefined;
    expect((await resume(at.ports())).status).toBe('paused');
    expect(errorOf(foldRun(await at.journal.events(RUN)), 'each.1')?.code).toBe('OUTCOME_UNKNOWN');
    say(at.journal, { type: 'step.decided', step: 'each.1', decision: 'done', reason: 'it is there' });
    const state = await resume(at.ports());
    expect(state.status).toBe('succeeded');
    expect(state.steps.get('each')?.output).toMatchObject({ succeeded: 4 });
  });

  test('has the items that it had, whatever would be found now', async () => {
    const list = '${{ ["a", "b"] }}';
    const at = await killedInTheSecondItem([each({ for_each: list }), step('last')]);
    at.world.tick = () => undefined;
    const resolve: Expressions['resolve'] = (value, scope) =>
      value === list ? ['x', 'y', 'z'] : expressions.resolve(value, scope);
    const state = await resume(at.ports({ expressions: { ...expressions, resolve } }));
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a', 'make b', 'make last']);
  });
});

describe('several at a time', () => {
  test('as many as the plan says', async () => {
    const at = rig();
    const state = await start([each({ at_once: 3 })], at.ports());
    expect(state.status).toBe('succeeded');
    const events = await at.journal.events(RUN);
    const running = new Set<string>();
    let together = 0;
    for (const event of events) {
      if (event.type === 'step.started') running.add(event.step);
      if (event.type === 'step.succeeded') running.delete(event.step);
      together = Math.max(together, running.size);
    }
    expect(together).toBe(3);
  });
});

describe('approval', () => {
  const asked = each({ approve: { role: 'commander' }, at_once: 2 });

  test('is asked once, of all items', async () => {
    const at = rig();
    const waits: string[] = [];
    const state = await start(
      [asked],
      at.ports({
        watch: (happening) => {
          if (happening.kind !== 'event' || happening.event.type !== 'step.waiting') return;
          const { step: id, waitsFor } = happening.event;
          if (waitsFor.kind !== 'approval') return;
          waits.push(`${id}: ${waitsFor.preview.danger}: ${waitsFor.preview.changes.join('; ')}`);
          say(at.journal, { type: 'step.approved', step: id, hash: waitsFor.hash });
        },
      }),
    );
    expect(state.status).toBe('succeeded');
    expect(waits).toEqual([
      'each: destroy: all of each, 2 at a time, 0 may fail: 4 items: a, b, c, d; a exists; b exists; c exists; d exists',
    ]);
  });

  test('that is not given leaves every item alone', async () => {
    const at = rig();
    const state = await start(
      [asked],
      at.ports({
        watch: (happening) => {
          if (happening.kind !== 'event' || happening.event.type !== 'step.waiting') return;
          const { step: id, waitsFor } = happening.event;
          if (waitsFor.kind === 'approval')
            say(at.journal, { type: 'step.rejected', step: id, hash: waitsFor.hash, reason: 'no' });
        },
      }),
    );
    expect(state.status).toBe('paused');
    expect(at.world.writes).toEqual([]);
  });
});

describe('a procedure for each of several items', () => {
  const procedures = {
    move: [
      step('dump', { with: { thing: 'dump-${{ item }}' } }),
      step('load', { with: { thing: 'load-${{ item }}', value: '${{ steps.dump.outputs.thing }}' } }),
    ],
    twice: [
      { id: 'inner', uses: 'fake.make', for_each: '${{ [item + "-x", item + "-y"] }}', with: { thing: '${{ item }}' } },
      step('end', { with: { thing: 'end-${{ item }}' } }),
    ],
  };
  const use = (over: JsonObject = {}): JsonObject => ({
    id: 'each',
    uses: 'procedure',
    with: { procedure: 'move' },
    for_each: ['a', 'b'],
    ...over,
  });

  test('each item has all its steps', async () => {
    const at = rig();
    const state = await startWith(procedures, [step('first'), use(), step('last')], at.ports());
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual([
      'make first',
      'make dump-a',
      'make load-a',
      'make dump-b',
      'make load-b',
      'make last',
    ]);
    expect(state.steps.get('each')?.output).toMatchObject({
      items: [
        { item: 'a', status: 'succeeded', outputs: { dump: { thing: 'dump-a' }, load: { value: 'dump-a' } } },
        { item: 'b', status: 'succeeded' },
      ],
    });
  });

  test('when one of its steps fails the rest of that item is left out, and the next item is done', async () => {
    const at = breaks(rig(), 'dump-a');
    const state = await startWith(procedures, [use({ may_fail: 1 })], at.ports());
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make dump-b', 'make load-b']);
    expect(statusOf(state, 'each.0.load')).toBe('skipped');
    expect(state.steps.get('each')?.output).toMatchObject({ succeeded: 1, failed: 1 });
  });

  test('"retry" takes up an item where it failed', async () => {
    const at = breaks(rig(), 'load-a');
    await startWith(procedures, [use(), step('last')], at.ports());
    expect(at.world.writes).toEqual(['make dump-a']);
    say(at.journal, { type: 'step.decided', step: 'each', decision: 'retry', reason: 'mended' });
    const state = await resume(at.ports());
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make dump-a', 'make load-a', 'make dump-b', 'make load-b', 'make last']);
  });

  test('what it does may itself be for each of several', async () => {
    const at = rig();
    const state = await startWith(procedures, [use({ with: { procedure: 'twice' } })], at.ports());
    expect(state.status).toBe('succeeded');
    expect(at.world.writes).toEqual(['make a-x', 'make a-y', 'make end-a', 'make b-x', 'make b-y', 'make end-b']);
    expect(statusOf(state, 'each.1.inner.1')).toBe('succeeded');
  });

  test('healthy may be the whole', async () => {
    const at = rig();
    const state = await startWith(procedures, [use(), step('last')], at.ports(), { healthy: 'each' });
    expect(state.status).toBe('succeeded');
    const events = await at.journal.events(RUN);
    expect(events.find(({ type }) => type === 'run.healthy')).toMatchObject({ step: 'each' });
  });
});
