import { describe, expect, test } from 'vitest';
import { actionContract } from '../../actions/contract.testsuite.ts';
import { fakeDesk } from '../../actions/run-desk.fake.ts';
import { attempt } from '../../actions/testing/attempt.ts';
import { fakeClock } from '../../lib/clock.fake.ts';
import { hours } from '../../lib/duration.ts';
import { wait } from './actions/wait.ts';

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
