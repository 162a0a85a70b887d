import { plain, type Section, type TableBlock, type TableRow } from './blocks.ts';
import type { Lines } from './lines.ts';
import type { Reading } from './reading.ts';

/** Place of the first column whose heading fits; undefined when none does. */
export function columnOf({ header }: TableBlock, pattern: RegExp): number | undefined {
  const index = header.findIndex((cell) => pattern.test(plain(cell)));
  return index < 0 ? undefined : index;
}

/** A cell as plain text; undefined when the column is not there, or the cell says nothing. */
export function cellOf(row: TableRow, column: number | undefined): string | undefined {
  const text = column === undefined ? '' : plain(row.cells[column] ?? '');
  return /^(|-|–|—|n\/a)$/i.test(text) ? undefined : text;
}

/** Heading and ruler of a table. */
export const headLines = ({ lines, rows }: TableBlock): Lines => ({
  first: lines.first,
  last: (rows[0]?.lines.first ?? lines.last + 1) - 1,
});

/** Rows count as read when every column with something in it found its place. */
export function useRow(reading: Reading, row: TableRow, columns: readonly (number | undefined)[]): void {
  const all = row.cells.every((cell, index) => columns.includes(index) || cell.trim() === '');
  if (all) reading.use(row.lines);
}

export const tablesOf = ({ blocks }: Section): readonly TableBlock[] =>
  blocks.filter((block): block is TableBlock => block.kind === 'table');
