import { formatDuration } from '../lib/duration.ts';
import type { RunClock, RunPicture } from '../model/run-picture.ts';

/** The RTO clock in words: `RTO 12m 5s of 30m gone, 17m 55s left`. */
export function clockLine({ elapsed_seconds, rto_seconds, healthy_at }: RunClock): string {
  const gone = whole(elapsed_seconds);
  if (rto_seconds === undefined) return `${gone} since the damage; no RTO is promised`;
  const rto = whole(rto_seconds);
  if (healthy_at !== undefined) return `RTO: healthy after ${gone}, ${rto} promised`;
  // Of whole seconds, so that both numbers add up to the third.
  const left = rto_seconds - Math.floor(elapsed_seconds);
  if (left < 0) return `RTO ${rto}: MISSED by ${whole(-left)}, ${gone} since the damage`;
  return `RTO ${rto}: ${gone} gone, ${whole(left)} left`;
}

/** What is to come, and a warning when that is too late. Nothing is promised that nobody knows. */
export function forecastLines({ forecast, outlook }: RunClock): readonly string[] {
  if (!forecast) return [];
  const warning = WARNINGS[outlook ?? 'not known'];
  return [...(warning === undefined ? [] : [`! ${warning}`]), `Healthy in ${span(forecast)}`];
}

const WARNINGS: Readonly<Record<string, string>> = {
  'may be missed': 'The RTO may be missed.',
  'will be missed': 'The RTO will be missed.',
};

function span({ from_seconds, to_seconds, unknown }: NonNullable<RunClock['forecast']>): string {
  if (to_seconds === undefined)
    return `at least ${whole(from_seconds)}: nobody knows ${unknown[0]}${more(unknown.length - 1)}`;
  if (to_seconds < 1) return 'a moment, as the plan expects';
  if (from_seconds < 1) return `at most ${whole(to_seconds)}, as the plan expects`;
  if (whole(from_seconds) === whole(to_seconds)) return `about ${whole(to_seconds)}`;
  return `${whole(from_seconds)} to ${whole(to_seconds)}, as the plan expects`;
}

const more = (count: number): string => (count > 0 ? `, and ${count} more` : '');

export function peopleLine({ clock }: RunPicture): string | undefined {
  return clock.human_wait_seconds < 1 ? undefined : `${whole(clock.human_wait_seconds)} of it waiting for people`;
}

/** Tenths of a second that run are restless to look at. */
export const whole = (seconds: number): string => formatDuration(Math.floor(seconds) * 1000);

/** `[#####.....]`: filled by what is gone of the promise. */
export function bar({ elapsed_seconds, rto_seconds }: RunClock, width: number): string | undefined {
  if (rto_seconds === undefined || rto_seconds === 0 || width < 10) return undefined;
  const inner = width - 2;
  const gone = Math.min(inner, Math.floor((elapsed_seconds / rto_seconds) * inner));
  return `[${'#'.repeat(gone)}${'.'.repeat(inner - gone)}]`;
}
