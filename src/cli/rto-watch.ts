import type { Clock } from '../lib/clock.ts';
import { seconds } from '../lib/duration.ts';
import type { RunClock } from '../model/run-picture.ts';
import { lateText, whole } from './clock-lines.ts';

/** A warning is no hurry of less than a second, and looking goes through the whole runbook: not at every event of a long one. */
const LOOK_EVERY_MS = seconds(1);

/** Says once each that the RTO may be missed, that it will be, and that it is. */
export interface RtoWatch {
  /** Looks now, unless it has just looked, and from the first time on every second. */
  look(): void;
}

export interface RtoWatching {
  readonly clock: Clock;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** The clock of the run as it stands; undefined while there is nothing to be warned of. */
  read(): RunClock | undefined;
  tell(warning: string): void;
}

export function watchRto({ clock, signal, read, tell }: RtoWatching): RtoWatch {
  let said = 0;
  let ticking = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const judge = (): void => {
    lookedAt = clock.now().getTime();
    const now = read();
    const rank = now ? RANKS.indexOf(now.outlook ?? 'not known') + 1 : 0;
    if (!now || rank <= said) return;
    said = rank;
    tell(warningOf(now));
  };
  return {
    look() {
      // From the first event on: before it there is no run.
      if (!ticking) void everySecond(clock, signal, judge);
      ticking = true;
      // A clock that was put back is no reason to wait.
      if (Math.abs(clock.now().getTime() - lookedAt) >= LOOK_EVERY_MS) judge();
    },
  };
}

/** From bad to worse. What was said is not said again when it becomes a little better. */
const RANKS: readonly string[] = ['may be missed', 'will be missed', 'missed'];

const warningOf = (clock: RunClock): string =>
  lateText(clock) ??
  `The RTO of ${whole(clock.rto_seconds ?? 0)} is missed: ${whole(clock.elapsed_seconds)} since the damage.`;

async function everySecond(clock: Clock, signal: AbortSignal, work: () => void): Promise<void> {
  while (!signal.aborted) {
    try {
      await clock.sleep(LOOK_EVERY_MS, signal);
    } catch {
      return;
    }
    work();
  }
}
