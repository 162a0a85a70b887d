/** The lines of the document something was read from, counted from 1, both included. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

/** `DR.md:187-203`, as editors and terminals open it. */
export const placeText = (file: string, { first, last }: Lines): string =>
  first === last ? `${file}:${first}` : `${file}:${first}-${last}`;

export const spanOf = (a: Lines, b: Lines): Lines => ({
  first: Math.min(a.first, b.first),
  last: Math.max(a.last, b.last),
});
