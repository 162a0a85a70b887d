import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { JournalEvent } from '../model/run.ts';
import { dieAtMoment, type Mortal } from './testing/dying.ts';
import { type Rig, RUN, rig, startWith, step } from './testing/rig.ts';
import { mostUnderWay } from './testing/under-way.ts';

/* As crash.test.ts, with steps for each of several items: two at a time, one that fails and may, and a procedure for each. */

const PROCEDURES = {
  move: [
    step('stop', { uses: 'fake.block', with: { thing: 'stop-${{ item }}' } }),
    step('go', { with: { thing: 'go-${{ item }}', value: '${{ steps.stop.outputs.thing }}' } }),
    step('free', { uses: 'fake.unblock', with: { thing: 'stop-${{ item }}' } }),
  ],
};
const STEPS: readonly JsonObject[] = [
  step('find', { uses: 'fake.look', with: { thing: 'tables', value: ['a', 'b', 'c'] } }),
  step('copy', {
    for_each: '${{ steps.find.outputs.value }}',
    with: { thing: 'copy-${{ item }}' },
    at_once: 2,
    may_fail: 1,
    approve: { role: 'commander' },
  }),
  { id: 'move', uses: 'procedure', with: { procedure: 'move' }, for_each: ['x', 'y'], at_once: 2 },
  step('last', { with: { thing: 'last', value: '${{ steps.copy.outputs.failed }}' } }),
];

const MORTAL: Mortal = {
  world: (): Rig => {
    const at = rig();
    const broken = () => new KnownError('TARGET_FAILED', 'broken', 'Mend it.');
    at.world.troubles.set('copy-b', [broken(), broken(), broken(), broken()]);
    return at;
  },
  begin: (ports) => startWith(PROCEDURES, STEPS, ports, { healthy: 'last' }),
};

const WRITES = ['copy-a', 'copy-c', 'go-x', 'go-y', 'last', 'stop-x', 'stop-y'].map((thing) => `make ${thing}`);
const PUT_BACK = ['unblock stop-x', 'unblock stop-y'];
const MOMENTS = 90;

describe('kill -9 at every moment of a run with steps for each of several items', () => {
  test('undisturbed it does each once, and it has fewer moments than are tried', async () => {
    const { at, state, died } = await dieAtMoment(MORTAL, MOMENTS);
    expect(died).toBe(false);
    expect(state.status).toBe('succeeded');
    expect(at.world.writes.toSorted()).toEqual([...WRITES, ...PUT_BACK]);
    expect(mostUnderWay(await at.journal.events(RUN), 'copy')).toBe(2);
    expect(mostUnderWay(await at.journal.events(RUN), 'move')).toBe(2);
  });

  const moments = Array.from({ length: MOMENTS - 1 }, (_, index) => index + 1);
  test.each(moments)('at moment %i, and again a few moments later', async (n) => {
    for (const again of [0, 1, 4, 9]) {
      const { at, state } = await dieAtMoment(MORTAL, n, again);
      const events = await at.journal.events(RUN);
      expect(state.status).toBe('succeeded');
      expect(at.world.writes.toSorted()).toEqual([...WRITES, ...PUT_BACK]);
      expect(mostUnderWay(events, 'copy')).toBeLessThanOrEqual(2);
      expect(mostUnderWay(events, 'move')).toBeLessThanOrEqual(2);
      expect(events.filter(isItemsOf('copy'))).toHaveLength(1);
      expect(state.steps.get('copy')?.output).toMatchObject({ succeeded: 2, failed: 1, skipped: 0 });
      expect(state.obligations.every(({ settledAt }) => settledAt !== undefined)).toBe(true);
    }
  });
});

const isItemsOf = (id: string) => (event: JournalEvent) => event.type === 'step.items' && event.step === id;
