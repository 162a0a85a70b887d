import { hours, parseDuration } from '../lib/duration.ts';
import type { Step } from '../model/plan.ts';

/** A run that would try again later than this is not waited for by anybody. */
const LONGEST_PAUSE = hours(24);

/** How long to wait before the next try, in milliseconds, after so many further tries. The same every time it is asked. */
export function pauseBefore({ every, backoff = 1, at_most }: NonNullable<Step['retry']>, tries: number): number {
  const longest = at_most === undefined ? LONGEST_PAUSE : (parseDuration(at_most) as number);
  const grown = (parseDuration(every) as number) * backoff ** tries;
  // A pause that does not grow is as long as the plan says, however long that is.
  return backoff === 1 && at_most === undefined ? grown : Math.min(grown, longest);
}
