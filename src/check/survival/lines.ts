import { wrapped } from '../wrapped.ts';

/** It is read on whatever terminal is at hand. */
const COLUMNS = 80;
const NAME = 24;

/** A paragraph as wide as any terminal. */
export const paragraph = (text: string, first = ''): readonly string[] =>
  wrapped(text, { first, rest: first === '' ? '  ' : first, width: COLUMNS });

/** A name and what is said of it; the text stands in a column of its own. */
export function row(name: string, text: string): readonly string[] {
  const rest = ' '.repeat(NAME + 4);
  if (name.length <= NAME) return wrapped(text, { first: `  ${name.padEnd(NAME)}  `, rest, width: COLUMNS });
  return [...paragraph(name, '  '), ...wrapped(text, { first: rest, width: COLUMNS })];
}

/** Names, one after the other. */
export const listed = (names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : paragraph(names.join(', '), '  ');

/** A heading with its lines; nothing where there are none. */
export const section = (heading: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', heading, ...lines];
