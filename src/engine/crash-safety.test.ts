import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../lib/json.ts';
import { dieAtMoment, type Mortal } from './testing/dying.ts';
import { type Rig, rig, start, step } from './testing/rig.ts';

/* As crash.test.ts, with what a step rests on before it acts, and with the word of a person after it. */

const STEPS: readonly JsonObject[] = [
  { id: 'cable', uses: 'human.task', with: { instruction: 'Pull the cable' } },
  step('fence'),
  step('turn', {
    proven: ['cable', 'fence'],
    safety_point: 'web',
    approve: { role: 'commander' },
    confirm: { role: 'commander', within: '3s' },
    on_failure: 'stop',
  }),
  step('after'),
];

const mortal = (confirms: Mortal['confirms'], steps = STEPS): Mortal => ({
  world: (): Rig => rig(),
  begin: (ports) => start(steps, ports),
  ...(confirms ? { confirms } : {}),
});

/** A backup is taken while the run is under way. */
const secured = (which: Mortal): Mortal => ({
  ...which,
  world() {
    const at = which.world();
    const ports = at.ports;
    const safetyPoints = { since: async () => ({ point: 'b2', at: '2026-01-14T03:00:00.000Z' }) };
    return { ...at, ports: (over = {}) => ports({ safetyPoints, ...over }) };
  },
});

const GROUNDS = [
  { kind: 'proven', step: 'cable', by: 'grace' },
  { kind: 'proven', step: 'fence' },
  { kind: 'safety point', point: 'b2' },
];
const MOMENTS = 45;
const moments = Array.from({ length: MOMENTS - 1 }, (_, index) => index + 1);
const AGAIN = [0, 1, 3, 7];

describe.each<[NonNullable<Mortal['confirms']>, 'succeeded' | 'failed', readonly string[]]>([
  ['yes', 'succeeded', ['make fence', 'make turn', 'make after']],
  ['no', 'failed', ['make fence', 'make turn', 'unmake turn']],
  ['nothing', 'failed', ['make fence', 'make turn', 'unmake turn']],
])(
  'kill -9 at every moment of a run of which somebody says "%s" when asked whether the world is right',
  (word, end, writes) => {
    const dying = secured(mortal(word));

    test('undisturbed it ends as it should, and has fewer moments than are tried', async () => {
      const { at, state, died } = await dieAtMoment(dying, MOMENTS);
      expect(died).toBe(false);
      expect(state.status).toBe(end);
      expect(at.world.writes).toEqual(writes);
    });

    test.each(moments)('at moment %i, and again a few moments later', async (n) => {
      for (const again of AGAIN) {
        const { at, state } = await dieAtMoment(dying, n, again);
        expect(state.status).toBe(end);
        // Every effect once, in this order, and nothing that was taken back is there again.
        expect(at.world.writes).toEqual(writes);
        expect(state.steps.get('turn')?.grounds).toMatchObject(GROUNDS);
        if (end === 'failed') expect(state.error?.code).toBe('NOT_CONFIRMED');
      }
    });
  },
);

describe('kill -9 at every moment of a run whose recovery point is missing', () => {
  const plain = STEPS.map((one) => (one.id === 'turn' ? { ...one, on_failure: 'continue' } : one));

  test.each(Array.from({ length: 24 }, (_, index) => index + 1))('at moment %i', async (n) => {
    const { at, state } = await dieAtMoment(mortal('yes', plain), n);
    expect(state.status).toBe('paused');
    expect(at.world.writes).toEqual(['make fence']);
    expect(state.steps.get('turn')).toMatchObject({
      attempts: 0,
      progress: { status: 'waiting', waitsFor: { kind: 'decision', why: { code: 'SAFETY_POINT_MISSING' } } },
    });
  });
});
