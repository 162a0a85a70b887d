import type { Clock } from '../../../lib/clock.ts';
import type { Duration } from '../../../lib/duration.ts';

/** Wakes one waiter: when it is rung, or when time is up. A ring that nobody waits for is kept. */
export class Bell {
  private rung = false;
  private wake: (() => void) | undefined;
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  async wait(limit: Duration): Promise<void> {
    if (!this.rung) {
      const timer = new AbortController();
      const heard = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await Promise.race([heard, this.clock.sleep(limit, timer.signal).catch(() => undefined)]);
      timer.abort();
      this.wake = undefined;
    }
    this.rung = false;
  }
}
