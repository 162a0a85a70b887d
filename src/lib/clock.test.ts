import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { endFakeClocks, fakeClock } from './clock.fake.ts';
import { systemClock } from './clock.ts';
import { hours } from './duration.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the machine's clock", () => {
  test.each([hours(1), hours(24 * 60)])('sleeps %i ms and no shorter, though timers end after 24 days', async (ms) => {
    let awake = false;
    const sleeping = systemClock.sleep(ms).then(() => {
      awake = true;
    });
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await sleeping;
    expect(awake).toBe(true);
  });

  test('is woken by a stop, also in a later part of a long sleep', async () => {
    const stop = new AbortController();
    const sleeping = systemClock.sleep(hours(24 * 60), stop.signal);
    const caught = sleeping.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(hours(24 * 30));
    stop.abort('enough');
    expect(await caught).toBe('enough');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does not begin to sleep when it is told to stop before', async () => {
    await expect(systemClock.sleep(1, AbortSignal.abort('no'))).rejects.toBe('no');
  });
});

describe('a clock of a test', () => {
  beforeEach(() => {
    vi.useRealTimers();
  });

  test('wakes nobody any more when its test is over', async () => {
    const clock = fakeClock();
    let rounds = 0;
    const goRound = async (): Promise<void> => {
      for (; ; rounds++) await clock.sleep(100);
    };
    void goRound();
    await clock.sleep(1000);
    expect(rounds).toBeGreaterThan(8);
    endFakeClocks();
    const before = rounds;
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(rounds).toBeLessThanOrEqual(before + 1);
  });
});
