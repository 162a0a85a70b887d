import { describe, expect, test } from 'vitest';
import { seconds } from '../lib/duration.ts';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { dieAtMoment, type Mortal } from './testing/dying.ts';
import { type Rig, rig, startWith, step } from './testing/rig.ts';

/* As crash.test.ts, with procedures, alternatives that fail, people, and a wait. */

const PROCEDURES = {
  copy: [step('dump'), step('load', { with: { thing: 'load', value: '${{ steps.dump.outputs.thing }}' } })],
  move: [
    step('stop', { uses: 'fake.block' }),
    step('go'),
    step('free', { uses: 'fake.unblock', with: { thing: 'stop' } }),
  ],
};
const STEPS: readonly JsonObject[] = [
  { id: 'look', uses: 'human.task', with: { instruction: 'Look out of the window' } },
  step('quick', { one_of: 'way' }),
  { id: 'slow', uses: 'procedure', with: { procedure: 'copy' }, one_of: 'way', approve: { role: 'commander' } },
  step('last', { one_of: 'way' }),
  { id: 'hold', uses: 'time.wait', with: { for: '3s' } },
  { id: 'move', uses: 'procedure', with: { procedure: 'move' } },
];

/** Found by the last step of all, so that they are kept together with its success and with health. */
const MOMENTS_FOUND = {
  impact: '${{ steps.move.outputs.free != null ? "2026-01-14T02:00:00Z" : "" }}',
  detected: '${{ steps.move.outputs.free != null ? "2026-01-14T02:10:00Z" : "" }}',
};

const MORTAL: Mortal = {
  world: (): Rig => {
    const at = rig();
    at.world.troubles.set('quick', [new KnownError('TARGET_FAILED', 'broken', 'Mend it.')]);
    return at;
  },
  begin: (ports) => startWith(PROCEDURES, STEPS, ports, { healthy: 'move', ...MOMENTS_FOUND }),
};

const WRITES = ['make dump', 'make go', 'make load', 'make stop', 'unblock stop'];
const MOMENTS = 80;

describe('kill -9 at every moment of a run with procedures, alternatives, people and waits', () => {
  test('undisturbed it takes the second way, and it has fewer moments than are tried', async () => {
    const { at, state, died } = await dieAtMoment(MORTAL, MOMENTS);
    expect(died).toBe(false);
    expect(state.status).toBe('succeeded');
    expect(at.world.writes.toSorted()).toEqual(WRITES);
    expect(state.steps.get('last')?.progress.status).toBe('skipped');
  });

  const moments = Array.from({ length: MOMENTS - 1 }, (_, index) => index + 1);
  test.each(moments)('at moment %i, and again a few moments later', async (n) => {
    for (const again of [0, 1, 4, 9]) {
      const { at, state } = await dieAtMoment(MORTAL, n, again);
      expect(state.status).toBe('succeeded');
      // The first way may be tried a second time when the process died before its failure was kept: then it is taken.
      const quick = state.steps.get('quick')?.progress.status === 'succeeded';
      expect(at.world.writes.toSorted()).toEqual(
        quick ? ['make go', 'make quick', 'make stop', 'unblock stop'] : WRITES,
      );
      expect(state).toMatchObject({ impactAt: '2026-01-14T02:00:00.000Z', detectedAt: '2026-01-14T02:10:00.000Z' });
      const hold = state.steps.get('hold');
      expect(Date.parse(hold?.heldUntil as string) - Date.parse(hold?.startedAt as string)).toBeGreaterThanOrEqual(
        seconds(3),
      );
    }
  });
});
