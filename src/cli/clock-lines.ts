import { formatDuration } from '../lib/duration.ts';
import type { RunLimit } from '../model/run-deadline.ts';
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
export function forecastLines(clock: RunClock): readonly string[] {
  const { forecast } = clock;
  const first = clock.limit?.is_short ? [`! ${limitText(clock.limit)}`] : [];
  if (!forecast) return first;
  const warning = lateText(clock);
  return [...first, ...(warning === undefined ? [] : [`! ${warning}`]), `Healthy in ${span(forecast)}`];
}

/** What is said once most of the time that a run has is gone. */
export function limitText({ total_seconds, left_seconds }: RunLimit): string {
  const left = left_seconds > 0 ? `${whole(left_seconds)} left, then it is paused` : 'that is over, so it is paused';
  return `The run may take ${whole(total_seconds)} in all: ${left}.`;
}

/** `The RTO will be missed by at least 12m: load still takes at least 20m.` Undefined while nothing says so. */
export function lateText({ outlook, late }: RunClock): string | undefined {
  if (outlook !== 'may be missed' && outlook !== 'will be missed') return undefined;
  if (!late) return `The RTO ${outlook}.`;
  const { by_seconds, step, takes_seconds = 0 } = late;
  const by = formatDuration(Math.max(1, Math.ceil(by_seconds)) * 1000);
  const takes = whole(takes_seconds);
  if (outlook === 'will be missed')
    return `The RTO will be missed by at least ${by}${step === undefined ? '' : `: ${step} still takes at least ${takes}`}.`;
  return `The RTO may be missed, by ${by} at worst${step === undefined ? '' : `: ${step} may still take ${takes}`}.`;
}

function span({ from_seconds, to_seconds, unknown, measured }: NonNullable<RunClock['forecast']>): string {
  const source = measured ? 'as earlier runs took' : 'as the plan expects';
  if (to_seconds === undefined)
    return `at least ${whole(from_seconds)}: nobody knows ${unknown[0]}${more(unknown.length - 1)}`;
  if (to_seconds < 1) return `a moment, ${source}`;
  if (from_seconds < 1) return `at most ${whole(to_seconds)}, ${source}`;
  if (whole(from_seconds) === whole(to_seconds)) return `about ${whole(to_seconds)}`;
  return `${whole(from_seconds)} to ${whole(to_seconds)}, ${source}`;
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
