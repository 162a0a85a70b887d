/** Time as an argument: the code that waits or stamps never asks the machine itself, so tests decide what time it is. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. Only `main`, the lab and tests that drive real systems use it. */
export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(ms, signal) {
    let left = ms;
    for (; left > LONGEST_TIMER; left -= LONGEST_TIMER) await timer(LONGEST_TIMER, signal);
    await timer(left, signal);
  },
};

/** Timers of the machine end at once when they are longer than 24 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

const timer = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(running);
      reject(signal?.reason);
    };
    const running = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
