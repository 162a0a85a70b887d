/** A terminal as far as the block needs one: it scrolls, breaks long lines, and knows how to move up and to erase. */
export interface FakeTerminal {
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
  ready(text: string): string;
  /** What a person sees, without the empty rows at the end. */
  readonly screen: () => string;
  /** What has scrolled out of sight, and then what is seen. */
  readonly all: () => string;
  readonly writes: readonly string[];
  resize(columns: number, rows: number): void;
}

export function fakeTerminal(columns = 80, rows = 24): FakeTerminal {
  let size = { columns, rows };
  /** Each line as it was written; a narrow terminal breaks it into several rows. */
  let cells: string[] = [''];
  let row = 0;
  let column = 0;
  const writes: string[] = [];

  const put = (sign: string): void => {
    if (column >= size.columns) newLine();
    const line = (cells[row] ?? '').padEnd(column);
    cells[row] = line.slice(0, column) + sign + line.slice(column + 1);
    column += 1;
  };
  const newLine = (): void => {
    row += 1;
    column = 0;
    cells[row] ??= '';
  };
  const control = (letter: string, count: number): void => {
    if (letter === 'A') row = Math.max(Math.max(0, cells.length - size.rows), row - count);
    else if (letter === 'K') cells[row] = (cells[row] ?? '').slice(0, column);
    else if (letter === 'J') {
      cells[row] = (cells[row] ?? '').slice(0, column);
      cells = cells.slice(0, row + 1);
    } else if (letter !== 'm') throw new Error(`the fake terminal does not know ${letter}`);
  };
  return {
    size: () => size,
    ready: (text) => text,
    writes,
    write(text) {
      writes.push(text);
      for (const [whole, count, letter] of text.matchAll(SIGNS)) {
        if (letter !== undefined) control(letter, Number(count || 1));
        else if (whole === '\n') newLine();
        else if (whole === '\r') column = 0;
        else put(whole);
      }
    },
    all: () => text(cells),
    screen: () => text(cells.slice(-size.rows)),
    resize(wide, high) {
      // As terminals do that break lines anew: what was one row may become two.
      const broken = cells.flatMap((line) => line.match(new RegExp(`.{1,${wide}}`, 'gu')) ?? ['']);
      row += broken.length - cells.length;
      cells = broken;
      size = { columns: wide, rows: high };
    },
  };
}

const text = (lines: readonly string[]): string =>
  lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();

// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is controlled by these
const SIGNS = /\u001b\[(\d*)([A-Za-z])|[\s\S]/gu;
