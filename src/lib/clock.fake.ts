import type { Clock } from './clock.ts';

/** Clocks of an earlier age stand still. */
let age = 0;

/**
 * Nobody who waits for a fake clock made so far is woken any more. What a test left waiting would go round for ever, at no time at all,
 * and take the processor from those that come after it.
 */
export function endFakeClocks(): void {
  age += 1;
}

/** A clock for tests: nobody waits. Whenever nothing else is left to do, time jumps to the next one who sleeps. */
export function fakeClock(
  start = new Date('2026-01-14T03:00:00.000Z'),
): Clock & { readonly advance: (ms: number) => void } {
  let now = start.getTime();
  let jumping = false;
  const madeIn = age;
  const sleepers = new Set<{ at: number; wake: () => void }>();

  const jump = (): void => {
    jumping = false;
    const next = [...sleepers].sort((a, b) => a.at - b.at)[0];
    if (!next) return;
    now = Math.max(now, next.at);
    sleepers.delete(next);
    next.wake();
    plan();
  };
  const plan = (): void => {
    if (madeIn !== age || jumping || sleepers.size === 0) return;
    jumping = true;
    setImmediate(jump);
  };
  return {
    now: () => new Date(now),
    advance: (ms) => {
      now += ms;
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => sleepers.delete(sleeper) && reject(signal.reason), { once: true });
        plan();
      }),
  };
}
