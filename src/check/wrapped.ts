/** Nothing that check prints for people is wider, so that it fits any terminal and any log. */
export const WIDTH = 100;

/** The words of a text in lines of at most `width` columns, the later ones indented. A word that is longer is cut. */
export function wrapped(
  text: string,
  { first = '', rest = first, width = WIDTH }: { first?: string; rest?: string; width?: number } = {},
): readonly string[] {
  const lines: string[] = [];
  let line = first;
  const longest = width - Math.max(first.length, rest.length);
  for (const word of text.match(new RegExp(`\\S{1,${longest}}`, 'g')) ?? []) {
    const begun = line.length > (lines.length === 0 ? first : rest).length;
    if (begun && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${rest}${word}`;
    } else line += begun ? ` ${word}` : word;
  }
  return [...lines, line];
}
