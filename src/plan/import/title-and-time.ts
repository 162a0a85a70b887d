import { durationIn, spanIn } from './read-values.ts';

/** What a title says beside its words. */
export interface TitleAndTime {
  readonly title: string;
  readonly expect?: string;
  /** How long to wait first: `(after 24-48 hours)`. */
  readonly hold?: string;
}

/** A title without the time that stands in it, and that time: `Restore (15-30 minutes)`. */
export function titleAndTime(title: string): TitleAndTime {
  const inBrackets = /\s*[([]([^)\]]*\d[^)\]]*)[)\]]\s*:?\s*$/.exec(title);
  const bare = /\s+[–—-]\s+((?:~|approx\.?|about)?\s*\d[^–—]*)$/i.exec(title);
  const found = inBrackets ?? bare;
  const span = found ? (spanIn(found[1] as string) ?? durationIn(found[1] as string)) : undefined;
  const rest = span === undefined ? title : title.slice(0, found?.index).trim();
  const time = /^(after|wait)\b/i.test(found?.[1] ?? '') ? { hold: span } : { expect: span };
  return { title: rest.replace(/\s*:\s*$/, ''), ...(span === undefined ? {} : (time as Pick<TitleAndTime, 'expect'>)) };
}
