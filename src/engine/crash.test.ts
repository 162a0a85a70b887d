import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../lib/json.ts';
import { type Death, dieAtMoment, type Mortal } from './testing/dying.ts';
import { unreachable } from './testing/fake-world.ts';
import { type Rig, rig, start, step } from './testing/rig.ts';

/*
 * Exhaustive: the process dies after every event it keeps, and before and after every effect in the world.
 * Resumed, the world must be the same as without the death, and nothing that destroys may have happened twice.
 */

const STEPS: readonly JsonObject[] = [
  step('actor', { uses: 'fake.block' }),
  step('find', { uses: 'fake.look', with: { thing: 'find', value: '2026-01-14T02:00:00Z' } }),
  step('side', { needs: ['find'], retry: { times: 3 } }),
  step('copy', { needs: ['find'] }),
  step('load', { needs: ['side', 'copy'], approve: { role: 'commander' } }),
  step('free', { uses: 'fake.unblock', with: { thing: 'actor' } }),
];
const MORE = { healthy: 'load', impact: '${{ steps.find.outputs.value }}' };

const world = (): Rig => {
  const at = rig();
  at.world.troubles.set('side', [unreachable()]);
  return at;
};

const dieAt = (n: number, again = 0): Promise<Death> => dieAtMoment(MORTAL, n, again);
const MORTAL: Mortal = { world, begin: (ports) => start(STEPS, ports, MORE) };

const MOMENTS = 60;

describe('kill -9 at every moment', () => {
  test('the undisturbed run is what it must be, and it has fewer moments than are tried', async () => {
    const { at, state, died } = await dieAt(MOMENTS);
    expect(died).toBe(false);
    expect(state.status).toBe('succeeded');
    expect(at.world.writes.toSorted()).toEqual(['make actor', 'make copy', 'make load', 'make side', 'unblock actor']);
  });

  const moments = Array.from({ length: MOMENTS - 1 }, (_, index) => index + 1);
  test.each(moments)('at moment %i: resumed, the same world, and nothing twice', async (n) => {
    const undisturbed = await dieAt(MOMENTS);
    const { at, state } = await dieAt(n);
    expect(state.status).toBe('succeeded');
    expect(at.world.writes.toSorted()).toEqual(undisturbed.at.world.writes.toSorted());
    expect([...at.world.effects.keys()].toSorted()).toEqual([...undisturbed.at.world.effects.keys()].toSorted());
    expect(state.impactAt).toBe('2026-01-14T02:00:00.000Z');
  });

  test.each(moments)('at moment %i and again at each of the next ten', async (n) => {
    for (let again = 1; again <= 10; again++) {
      const { at, state } = await dieAt(n, again);
      expect(state.status).toBe('succeeded');
      expect(at.world.writes.toSorted()).toEqual([
        'make actor',
        'make copy',
        'make load',
        'make side',
        'unblock actor',
      ]);
    }
  });
});
