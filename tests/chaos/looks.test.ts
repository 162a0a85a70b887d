import { describe, expect, test } from 'vitest';
import { dieAtMoment, type Mortal } from '../../src/engine/testing/dying.ts';
import { RUN, rig, start, step } from '../../src/engine/testing/rig.ts';
import { seconds } from '../../src/lib/duration.ts';
import type { JsonObject } from '../../src/lib/json.ts';

/* As src/engine/crash.test.ts, with what is looked at again and again: a wait until the world is so, and a task at which a machine looks. */

const gauge = (thing: string, until: string): JsonObject => ({
  uses: 'fake.gauge',
  with: { thing },
  until,
  every: '2s',
});

const mortal = (steps: readonly JsonObject[]): Mortal => ({
  world: () => rig(),
  begin: (ports) => start(steps, ports),
});

const AGAIN = process.env.CHAOS === 'all' ? [0, 1, 2, 3, 4, 5, 7, 9, 12] : [0, 3];
const upTo = (moments: number) => Array.from({ length: moments - 1 }, (_, index) => index + 1);

describe('kill -9 at every moment of a run that waits until the world is so', () => {
  const MOMENTS = 40;
  // Somebody says "done" each time he is asked; the machine sees it only later.
  const dying = mortal([
    step('a'),
    { id: 'wait', uses: 'time.wait_until', with: { ...gauge('lag', 'outputs.times >= 4'), within: '1m' } },
    {
      id: 'plug',
      uses: 'human.task',
      with: { instruction: 'Pull the plug', done_when: gauge('plug', 'outputs.times >= 5') },
    },
    step('z', {
      with: { thing: 'z', value: '${{ steps.wait.outputs.seen.times >= 4 && steps.plug.outputs.seen != "" }}' },
    }),
  ]);

  test('undisturbed it ends well, and has fewer moments than are tried', async () => {
    const { at, state, died } = await dieAtMoment(dying, MOMENTS);
    expect(died).toBe(false);
    expect(state.status).toBe('succeeded');
    const refuted = (await at.journal.events(RUN)).filter((event) => event.type === 'step.looked' && event.refuted);
    expect(refuted.length).toBeGreaterThan(0);
  });

  test.each(upTo(MOMENTS))('at moment %i, and again a few moments later', async (n) => {
    for (const again of AGAIN) {
      const { at, state } = await dieAtMoment(dying, n, again);
      expect(state.status).toBe('succeeded');
      expect(at.world.writes).toEqual(['make a', 'make z']);
      expect(state.steps.get('z')?.output).toMatchObject({ value: true });
      const ends = (await at.journal.events(RUN)).filter((event) => event.type === 'step.looked' && event.until);
      expect(ends.length).toBeLessThanOrEqual(1);
      expect(state.waits.filter(({ to }) => to === undefined)).toEqual([]);
    }
  });
});

describe('kill -9 at every moment of a wait that is in vain', () => {
  const MOMENTS = 30;
  const dying = mortal([
    {
      id: 'wait',
      uses: 'time.wait_until',
      with: { ...gauge('lag', 'outputs.there'), within: '20s' },
      on_failure: 'stop',
    },
    step('z'),
  ]);

  test('undisturbed it gives up, and has fewer moments than are tried', async () => {
    const { state, died } = await dieAtMoment(dying, MOMENTS);
    expect(died).toBe(false);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'TIMED_OUT' } });
  });

  test.each(upTo(MOMENTS))('at moment %i, and again: it gets no more time', async (n) => {
    for (const again of AGAIN) {
      const { at, state } = await dieAtMoment(dying, n, again);
      expect(state).toMatchObject({ status: 'failed', error: { code: 'TIMED_OUT' } });
      expect(at.world.writes).toEqual([]);
      const first = (await at.journal.events(RUN)).find(({ type }) => type === 'step.looked');
      expect(Date.parse(state.endedAt as string) - Date.parse(first?.at as string)).toBeLessThan(seconds(25));
    }
  });
});
