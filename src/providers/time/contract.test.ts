import { describe, expect, test } from 'vitest';
import { actionContract } from '../../actions/contract.testsuite.ts';
import { fakeDesk } from '../../actions/run-desk.fake.ts';
import { nobodyThere } from '../../actions/run-desk.ts';
import { attempt } from '../../actions/testing/attempt.ts';
import { fakeClock } from '../../lib/clock.fake.ts';
import { hours } from '../../lib/duration.ts';
import { wait } from './actions/wait.ts';
import { waitUntil } from './actions/wait-until.ts';

const input = { for: '48h' };

actionContract(wait, {
  'two days': {
    input,
    prepare: () => {
      const { desk, kept } = fakeDesk();
      const spoil = () => {
        kept.heldUntil = '2999-01-01T00:00:00.000Z';
      };
      // The wait is kept in the run itself and changes nothing else.
      return { client: desk, state: () => null, spoil };
    },
  },
});

actionContract(waitUntil, {
  'what comes to be so': {
    input: { uses: 'fake.gauge', with: { thing: 'lag' }, until: 'outputs.seconds < 5', within: '10m' },
    prepare: () => {
      const { desk, kept } = fakeDesk();
      kept.world = { met: true, seen: 'seconds = 2', output: { seconds: 2 } };
      const spoil = () => {
        kept.world = { met: false, seen: 'seconds = 90', output: { seconds: 90 } };
      };
      return { client: desk, state: () => null, spoil };
    },
  },
});

describe('time.wait_until', () => {
  const ready = waitUntil.input.parse({ uses: 'shell.look', until: 'outputs.exit_code == 0', within: '10m' });

  test('says beforehand what it waits for, how often it looks, and when it gives up', () =>
    expect(waitUntil.preview(ready, { state: 'absent' }).changes).toEqual([
      'waits until shell.look gives exit_code == 0: looked at every 10s, for 10m at most',
    ]));

  test('outside of a run nothing is looked at', async () => {
    expect(await waitUntil.observe(attempt(nobodyThere).ctx, ready)).toEqual({ state: 'absent' });
    await expect(waitUntil.run(attempt(nobodyThere).ctx, ready)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

describe('time.wait', () => {
  test('ends when it was to end, however often it is taken up again', async () => {
    const clock = fakeClock();
    const { desk } = fakeDesk();
    const began = clock.now().getTime();
    const first = attempt(desk, undefined, clock);
    const cut = wait.run(first.ctx, input).catch((error: unknown) => error);
    await clock.sleep(hours(20));
    first.stop();
    await cut;
    clock.advance(hours(10));
    const second = first.again();
    expect(await wait.observe(second.ctx, input)).toEqual({ state: 'absent' });
    await wait.run(second.ctx, input);
    expect(clock.now().getTime()).toBe(began + hours(48));
    expect(await wait.observe(second.ctx, input)).toMatchObject({ state: 'done' });
  });
});
