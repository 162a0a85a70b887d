import { stripVTControlCharacters } from 'node:util';
import type { LiveTerminal } from './screen.ts';
import { textWidth } from './text-width.ts';

/** Writes lines that stay, and below them a block in the place of the one before. */
export interface Painter {
  /** In one write, so that nobody sees half of it. False when there was nothing to write. */
  paint(lines: readonly string[], block: readonly string[]): boolean;
  /** The block that stands now stays for good. */
  leave(): void;
  /** Takes away what is written in the row of the cursor. */
  clearRow(): void;
}

export function painter(terminal: LiveTerminal): Painter {
  let drawn: readonly string[] = [];
  return {
    paint(lines, block) {
      const up = rowsOf(drawn, terminal.size().columns);
      const back = up === 0 ? '' : `\u001b[${up}A\r`;
      const text = [...lines, ...block].map((line) => `${line}\u001b[K\n`).join('');
      if (back === '' && text === '') return false;
      terminal.write(`${back}${text}\u001b[J`);
      drawn = block;
      return true;
    },
    leave() {
      drawn = [];
    },
    clearRow: () => terminal.write('\r\u001b[K'),
  };
}

/** Rows that lines take on a terminal of this width, also when it has become narrower since they were written. */
const rowsOf = (lines: readonly string[], columns: number): number =>
  lines.reduce((sum, text) => sum + Math.max(1, Math.ceil(textWidth(stripVTControlCharacters(text)) / columns)), 0);
