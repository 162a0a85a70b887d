import { seconds } from '../../../lib/duration.ts';
import { type Verdict, type View, verdictOf, viewsInWords } from './views.ts';

/** What several looks in a row have shown so far. */
export interface Judging {
  readonly views: readonly View[];
  readonly verdict: Verdict;
  /** Looks in a row with this verdict, and when the first and the last of them were. */
  readonly times: number;
  readonly since: Date;
  readonly at: Date;
}

/** With one look more. Another verdict begins the count anew. */
export function withLook(before: Judging | undefined, views: readonly View[], at: Date): Judging {
  const verdict = verdictOf(views);
  if (before?.verdict !== verdict) return { views, verdict, times: 1, since: at, at };
  return { views, verdict, times: before.times + 1, since: before.since, at };
}

/** A message that a replica had just received may have been the last one: only news from after the first look counts. */
const STILL_ALIVE_MS = seconds(2);

/** The verdict that counts now; undefined when looking again may bring another one. */
export function settled({ verdict, times, since, at }: Judging, needed: number): Verdict | undefined {
  switch (verdict) {
    case 'up':
      return 'up';
    case 'down':
      return times >= needed ? 'down' : undefined;
    case 'cut_off':
      return times >= needed && at.getTime() - since.getTime() >= STILL_ALIVE_MS ? 'cut_off' : undefined;
    case 'not_known':
      return undefined;
  }
}

/** What a person reads of the last look. */
export const saidOf = ({ times, views }: Judging): string =>
  times === 1 ? viewsInWords(views) : `${viewsInWords(views)} (${times} looks in a row)`;
