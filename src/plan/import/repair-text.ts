import { type MisreadSequence, misreadingOf, type WrongReading } from '../../lib/misread.ts';
import type { Lines } from './lines.ts';

export interface Repair {
  readonly lines: Lines;
  readonly readAs: WrongReading;
  readonly from: string;
  readonly to: string;
}

export interface Repaired {
  readonly text: string;
  readonly repairs: readonly Repair[];
}

/**
 * Puts right text whose UTF-8 bytes were once read as Mac Roman or Windows-1252. The whole document decides which of the two it
 * was; then only sequences are changed that were whole UTF-8 characters, so that nothing is lost and correct text stays.
 */
export function repairText(text: string): Repaired {
  const misreading = misreadingOf(text);
  if (!misreading) return { text, repairs: [] };
  return apply(text, misreading.readAs, misreading.sequences);
}

function apply(text: string, readAs: WrongReading, sequences: readonly MisreadSequence[]): Repaired {
  const repairs: Repair[] = [];
  const pieces: string[] = [];
  let done = 0;
  let line = 1;
  for (const run of runsOf(sequences)) {
    const before = text.slice(done, run.at);
    line += before.split('\n').length - 1;
    const from = text.slice(run.at, run.end);
    repairs.push({ lines: { first: line, last: line }, readAs, from, to: run.to });
    pieces.push(before, run.to);
    done = run.end;
  }
  return { text: pieces.join('') + text.slice(done), repairs };
}

/** Sequences that touch are one repair: a tree drawn with lines is not forty. */
function runsOf(sequences: readonly MisreadSequence[]): readonly { at: number; end: number; to: string }[] {
  const runs: { at: number; end: number; to: string }[] = [];
  for (const { at, length, to } of sequences) {
    const open = runs.at(-1);
    if (open?.end === at) {
      open.end += length;
      open.to += to;
    } else runs.push({ at, end: at + length, to });
  }
  return runs;
}
