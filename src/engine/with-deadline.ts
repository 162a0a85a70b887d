import type { Clock } from '../lib/clock.ts';
import { formatDuration, seconds } from '../lib/duration.ts';
import { KnownError } from '../model/errors.ts';
import type { RunState } from '../model/run-state.ts';

/** How long work that is told to stop may take to come to rest, e.g. to finish a commit. */
const GRACE_MS = seconds(10);

export interface Deadline {
  readonly ms: number;
  readonly clock: Clock;
  /** Aborted from outside: pause or cancellation. */
  readonly signal: AbortSignal;
  /** For the message. */
  readonly what: string;
  /** What a person can do when it is late. Default: what helps a step of a run. */
  readonly hint?: string;
}

const HINT = 'It may still take effect; the next try looks first. The step can be given a longer timeout.';

/**
 * Gives work so much time. After it the work's signal is aborted and TIMED_OUT is thrown, also when the work does not listen.
 * Stopped from outside, the work may come to rest first; what it then answers counts.
 */
export async function withDeadline<T>(
  { ms, clock, signal, what, hint = HINT }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const late = new AbortController();
  const limit = clock.sleep(ms, done.signal).then(() => {
    late.abort(new KnownError('TIMED_OUT', `${what} did not end within ${formatDuration(ms)}`, hint));
    throw late.signal.reason;
  });
  const stopped = aborted(signal, done.signal).then(async () => {
    await clock.sleep(GRACE_MS, done.signal);
    throw signal.reason;
  });
  try {
    return await Promise.race([work(AbortSignal.any([signal, late.signal])), limit, stopped]);
  } finally {
    limit.catch(() => undefined);
    stopped.catch(() => undefined);
    done.abort();
  }
}

/**
 * What is left of the time of an attempt that an earlier process began; the whole time where none was. Throws TIMED_OUT when nothing is
 * left: how often a run is taken up gives a step no more time.
 */
export function timeLeft(step: string, limit: number, state: RunState, now: Date): number {
  const begunAt = state.steps.get(step)?.attemptAt;
  if (begunAt === undefined) return limit;
  const left = Date.parse(begunAt) + limit - now.getTime();
  if (left > 0) return left;
  throw new KnownError('TIMED_OUT', `${step}, begun at ${begunAt}, did not end within ${formatDuration(limit)}`, HINT);
}

/** Resolves when the signal is aborted; rejects when there is no more need to know. */
function aborted(signal: AbortSignal, needless: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve();
    const heard = () => resolve();
    signal.addEventListener('abort', heard, { once: true, signal: needless });
    needless.addEventListener('abort', () => reject(needless.reason), { once: true });
  });
}
