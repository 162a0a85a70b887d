import type { Draft } from './draft.ts';

/** Components or scenarios of a draft by the words of their titles, in the order in which they were made. */
export interface WordIndex<T> {
  readonly all: readonly T[];
  /** Places in `all` of those with this word, in order. */
  with(word: string): readonly number[];
}

export interface Indexed<T> {
  readonly entry: T;
  readonly words: Iterable<string>;
}

interface Growing<T> {
  readonly all: T[];
  readonly places: Map<string, number[]>;
}

/**
 * An index that grows with its draft, so that finding a title in a long document costs what fits it, not all there is. What
 * `read` looks at must be written with the name and stay.
 */
export function indexing<T>(
  kind: 'components' | 'scenarios',
  read: (draft: Draft, name: string) => Indexed<T>,
): (draft: Draft) => WordIndex<T> {
  const known = new WeakMap<Draft, Growing<T>>();
  return (draft) => {
    const growing: Growing<T> = known.get(draft) ?? { all: [], places: new Map() };
    known.set(draft, growing);
    const names = draft.keys([kind]);
    for (const name of names.slice(growing.all.length)) grow(growing, read(draft, name));
    return { all: growing.all, with: (word) => growing.places.get(word) ?? [] };
  };
}

function grow<T>({ all, places }: Growing<T>, { entry, words }: Indexed<T>): void {
  for (const word of new Set(words)) {
    const there = places.get(word);
    if (there) there.push(all.length);
    else places.set(word, [all.length]);
  }
  all.push(entry);
}
