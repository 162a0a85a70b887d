import { type Verdict, type View, verdictOf, viewsInWords } from './views.ts';

/** What several looks in a row have shown so far. */
export interface Judging {
  /** Looks in a row that came out as down. */
  readonly misses: number;
  /** When the first of them was. */
  readonly since?: Date;
  readonly views: readonly View[];
  readonly verdict: Verdict;
}

export const NOTHING_SEEN: Judging = { misses: 0, views: [], verdict: 'not_known' };

/** With one look more. A single sign of life begins the count anew. */
export function withLook(before: Judging, views: readonly View[], at: Date): Judging {
  const verdict = verdictOf(views);
  if (verdict !== 'down') return { misses: 0, views, verdict };
  return { misses: before.misses + 1, since: before.since ?? at, views, verdict };
}

/** The verdict that counts now; undefined when looking again may bring another one. */
export function settled({ misses, verdict }: Judging, needed: number): Verdict | undefined {
  if (verdict === 'down') return misses >= needed ? 'down' : undefined;
  return verdict === 'not_known' ? undefined : verdict;
}

/** What a person reads of the last look. */
export const saidOf = ({ misses, views }: Judging): string =>
  misses === 0 ? viewsInWords(views) : `${viewsInWords(views)} (${misses} looks in a row)`;
