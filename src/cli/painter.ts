import { stripVTControlCharacters } from 'node:util';
import type { PromptRows } from './prompt-rows.ts';
import type { LiveTerminal } from './screen.ts';
import { textWidth } from './text-width.ts';

/** Writes lines that stay, and below them a block in the place of the one before. */
export interface Painter {
  /** In one write, so that nobody sees half of it; below the block a prompt, with the cursor in it. False when there was nothing to write. */
  paint(lines: readonly string[], block: readonly string[], prompt?: PromptRows): boolean;
}

export function painter(terminal: LiveTerminal): Painter {
  let drawn: readonly string[] = [];
  let cursor = { row: 0, column: 0 };
  return {
    paint(lines, block, prompt) {
      const { columns } = terminal.size();
      const up = rowsOf(drawn.slice(0, cursor.row), columns) + Math.floor(cursor.column / columns);
      const back = up === 0 ? '' : `\u001b[${up}A`;
      const text = [...lines, ...block].map((line) => `${line}\u001b[K\n`).join('');
      if (drawn.length === 0 && text === '' && !prompt) return false;
      terminal.write(`${drawn.length > 0 ? `${back}\r` : ''}${text}${prompt ? promptText(prompt) : '\u001b[J'}`);
      drawn = [...block, ...(prompt?.rows ?? [])];
      cursor = { row: block.length + (prompt?.row ?? 0), column: prompt?.column ?? 0 };
      return true;
    },
  };
}

function promptText({ rows, row, column }: PromptRows): string {
  const below = rows.length - 1 - row;
  const up = below === 0 ? '' : `\u001b[${below}A`;
  const right = column === 0 ? '' : `\u001b[${column}C`;
  return `${rows.join('\u001b[K\n')}\u001b[J${up}\r${right}`;
}

/** Rows that lines take on a terminal of this width, also when it has become narrower since they were written. */
const rowsOf = (lines: readonly string[], columns: number): number =>
  lines.reduce((sum, text) => sum + Math.max(1, Math.ceil(textWidth(stripVTControlCharacters(text)) / columns)), 0);
