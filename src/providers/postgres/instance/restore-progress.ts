import type { Clock } from '../../../lib/clock.ts';
import { type Duration, formatDuration } from '../../../lib/duration.ts';

/** A line for each tenth of the bytes: how much is there, how fast it comes, and how long it will take at that rate. */
export function progressLines(whole: number, clock: Clock, log: (line: string) => void): (inPlace: number) => void {
  const begun = clock.now().getTime();
  let told = 0;
  return (inPlace) => {
    const tenth = whole === 0 ? 10 : Math.min(10, Math.floor((10 * inPlace) / whole));
    if (tenth <= told) return;
    told = tenth;
    log(progressLine({ inPlace, whole, milliseconds: clock.now().getTime() - begun }));
  };
}

/** "40 % of the files, 310 MB/s, about 12 s left"; without a rate as long as there is none to speak of. */
export function progressLine(so: { inPlace: number; whole: number; milliseconds: number }): string {
  const { inPlace, whole, milliseconds } = so;
  const done = whole === 0 ? 100 : Math.min(100, Math.floor((10 * inPlace) / whole) * 10);
  const words = [`${done} % of the files`];
  if (milliseconds > 0 && inPlace > 0) {
    const perSecond = (1000 * inPlace) / milliseconds;
    words.push(`${Math.max(1, Math.round(perSecond / 1e6))} MB/s`);
    const left = Math.round(Math.max(0, whole - inPlace) / perSecond);
    if (done < 100 && left > 0) words.push(`about ${formatDuration((1000 * left) as Duration)} left`);
  }
  return words.join(', ');
}
