import type { Typed } from './line-editor.ts';
import { textWidth } from './text-width.ts';

/** A question and what was typed after it, as rows of a terminal, and where the cursor stands among them. */
export interface PromptRows {
  readonly rows: readonly string[];
  readonly row: number;
  readonly column: number;
}

export interface PromptSpace {
  readonly columns: number;
  /** At most so many rows are shown: those around the cursor. */
  readonly rows: number;
}

/** Broken here and not by the terminal, so that it is known in which row everything stands. */
export function promptRows(question: string, { text, cursor }: Typed, space: PromptSpace): PromptRows {
  // The last column stays free: some terminals go on to the next row as soon as it is filled, others with the next sign.
  const wide = Math.max(2, space.columns - 1);
  const before = brokenAt(`${question}${text.slice(0, cursor)}`, wide);
  const all = brokenAt(`${question}${text}`, wide);
  const row = before.length - 1;
  const first = Math.max(0, Math.min(row - space.rows + 1, all.length - space.rows));
  const from = Math.min(Math.max(first, 0), row);
  return {
    rows: all.slice(from, from + space.rows),
    row: row - from,
    column: textWidth(before[row] ?? ''),
  };
}

function brokenAt(text: string, wide: number): readonly string[] {
  const rows = [''];
  let width = 0;
  for (const sign of text) {
    const more = textWidth(sign);
    if (width + more > wide) {
      rows.push('');
      width = 0;
    }
    rows[rows.length - 1] += sign;
    width += more;
  }
  return rows;
}
