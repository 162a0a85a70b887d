import { textWidth } from '../text-width.ts';

/** A terminal as far as the block needs one: it scrolls, breaks long lines, and knows how to move the cursor and to erase. */
export interface FakeTerminal {
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
  ready(text: string): string;
  /** What a person sees, without the empty rows at the end. */
  readonly screen: () => string;
  /** What has scrolled out of sight, and then what is seen. */
  readonly all: () => string;
  /** What stands in the row of the cursor, left and right of it. */
  readonly atCursor: () => readonly [string, string];
  readonly writes: readonly string[];
  resize(columns: number, rows: number): void;
}

/** One sign a cell; a wide one is followed by a cell with nothing in it. */
type Row = string[];

export function fakeTerminal(columns = 80, rows = 24): FakeTerminal {
  let size = { columns, rows };
  let cells: Row[] = [[]];
  let row = 0;
  let column = 0;
  const writes: string[] = [];

  const here = (): Row => cells[row] as Row;
  const put = (sign: string): void => {
    const width = textWidth(sign);
    if (width === 0) {
      combine(sign);
      return;
    }
    if (column + width > size.columns) newLine();
    while (here().length < column) here().push(' ');
    here().splice(column, width, sign, ...Array(width - 1).fill(''));
    column += width;
  };
  const combine = (sign: string): void => {
    const at = here().findLastIndex((cell, index) => index < column && cell !== '');
    if (at >= 0) here()[at] += sign;
  };
  const newLine = (): void => {
    row += 1;
    column = 0;
    cells[row] ??= [];
  };
  const control = (letter: string, count: number): void => {
    if (letter === 'A') row = Math.max(Math.max(0, cells.length - size.rows), row - count);
    else if (letter === 'C') column = Math.min(size.columns - 1, column + count);
    else if (letter === 'G') column = Math.min(size.columns, count) - 1;
    else if (letter === 'K') here().length = Math.min(here().length, column);
    else if (letter === 'J') {
      here().length = Math.min(here().length, column);
      cells = cells.slice(0, row + 1);
    } else if (letter !== 'm') throw new Error(`the fake terminal does not know ${letter}`);
  };
  return {
    size: () => size,
    ready: (text) => text,
    writes,
    write(text) {
      writes.push(text);
      for (const [whole, isPrivate, count, letter] of text.matchAll(SIGNS)) {
        if (isPrivate) continue;
        if (letter !== undefined) control(letter, Number(count || 1));
        else if (whole === '\n') newLine();
        else if (whole === '\r') column = 0;
        else put(whole);
      }
    },
    all: () => text(cells),
    screen: () => text(cells.slice(-size.rows)),
    atCursor: () => [here().slice(0, column).join(''), here().slice(column).join('')],
    resize(wide, high) {
      // As terminals do that break lines anew: what was one row may become two, and the cursor stays at its sign.
      const broken = cells.map((line) => brokenAt(line, wide));
      row = broken.slice(0, row).flat().length + Math.floor(column / wide);
      column %= wide;
      cells = broken.flat();
      while (cells.length <= row) cells.push([]);
      size = { columns: wide, rows: high };
    },
  };
}

function brokenAt(line: Row, wide: number): Row[] {
  const rows: Row[] = [line.slice(0, wide)];
  for (let from = wide; from < line.length; from += wide) rows.push(line.slice(from, from + wide));
  return rows;
}

const text = (cells: readonly Row[]): string =>
  cells
    .map((line) => line.join('').trimEnd())
    .join('\n')
    .trimEnd();

// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is controlled by these
const SIGNS = /\u001b\[(\?)?(\d*)([A-Za-z])|[\s\S]/gu;
