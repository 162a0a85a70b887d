import type { Clock } from '../../../lib/clock.ts';
import type { Duration } from '../../../lib/duration.ts';

/** Keeps a scan of a server in use from taking more than half of what one connection can take, and ends it in time. */
export class Pace {
  private readonly clock: Clock;
  private readonly end: number;
  private readonly signal: AbortSignal;

  constructor(clock: Clock, within: Duration, signal: AbortSignal) {
    this.clock = clock;
    this.end = clock.now().getTime() + within;
    this.signal = signal;
  }

  isOver(): boolean {
    return this.left() <= 1;
  }

  /** Milliseconds, and never 0: for PostgreSQL that would be no bound. */
  left(): number {
    return Math.max(1, Math.floor(this.end - this.clock.now().getTime()));
  }

  /** Does the work, and then nothing for as long as that took. */
  async work<T>(work: () => Promise<T>): Promise<T> {
    const begun = this.clock.now().getTime();
    const result = await work();
    await this.rest(this.clock.now().getTime() - begun);
    return result;
  }

  async rest(ms: number): Promise<void> {
    if (ms > 0) await this.clock.sleep(ms, this.signal);
  }
}
