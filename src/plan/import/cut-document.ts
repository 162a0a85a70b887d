/** A part of a document that stands for itself, with the line it begins at. */
export interface Piece {
  readonly text: string;
  readonly firstLine: number;
}

const LARGEST_PIECE = 100_000;
const SMALL_PIECE = 2_000;

/**
 * Cuts a document before headings and before what begins a new block at the margin. A Markdown parser takes time that grows with
 * the square of what it reads at once; pieces keep the time of a long document in proportion to its length.
 */
export function cutDocument(text: string): readonly Piece[] {
  const lines = text.split('\n');
  const starts = [0];
  let fence: string | undefined;
  for (const [index, line] of lines.entries()) {
    if (fence === undefined && index > 0 && beginsPiece(line, lines[index - 1] as string)) starts.push(index);
    fence = fenceAfter(fence, line);
  }
  const pieces = starts.map((start, n) => ({
    text: lines.slice(start, starts[n + 1]).join('\n'),
    firstLine: start + 1,
  }));
  return together(pieces);
}

/** Small pieces are put together again: to begin takes the parser as long as some paragraphs do. */
function together(pieces: readonly Piece[]): readonly Piece[] {
  const groups: Piece[][] = [];
  let [size, closed] = [0, true];
  for (const piece of pieces) {
    const alone = piece.text.length > SMALL_PIECE || isTooMuch(piece);
    if (alone || closed || size + piece.text.length > SMALL_PIECE) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(piece);
    size += piece.text.length;
    closed = alone;
  }
  return groups.map((group) => ({
    text: group.map(({ text }) => text).join('\n'),
    firstLine: group[0]?.firstLine ?? 1,
  }));
}

/** Whether a piece would cost the parser too much: it is then kept as plain text. */
export const isTooMuch = ({ text }: Piece): boolean =>
  text.length > LARGEST_PIECE ||
  /^([ \t]*(>|[-*+]|\d{1,9}[.)])[ \t]*){40}/m.test(text) ||
  /^[ \t]{300}[ \t]*\S/m.test(text);

const HEADING = /^#{1,6}\s/;
/** No list item, no quote, no indented line: nothing an open list or quote could still take. */
const AT_THE_MARGIN = /^(?![-+>]|\*\s|\d+[.)]\s)\S/;

const beginsPiece = (line: string, before: string): boolean =>
  HEADING.test(line) || (before.trim() === '' && AT_THE_MARGIN.test(line));

/** The fence that is open behind a line, when `open` was before it. */
export function fenceAfter(open: string | undefined, line: string): string | undefined {
  const [, mark, rest = ''] = /^[ \t]*(?:(?:[-*+>]|\d+[.)])[ \t]+)*(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (mark === undefined) return open;
  if (open === undefined) return mark.startsWith('`') && rest.includes('`') ? undefined : mark;
  return mark.startsWith(open) && rest.trim() === '' ? undefined : open;
}
