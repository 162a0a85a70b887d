import type { Key } from './line-editor.ts';

/** Where a command talks to the person who watches while it works. Results do not go here: `print` makes those. */
export interface Screen {
  /** One line of progress: on stdout, or on stderr when stdout carries JSON. */
  say(line: string): void;
  readonly paint: Paint;
  /** Asks for one line. Absent when nobody can answer: stdin is no terminal, or the output is JSON. Undefined when aborted. */
  readonly ask?: (question: string, signal: AbortSignal) => Promise<string | undefined>;
  /** The same where stdin carries something else: the person at the terminal is asked all the same. */
  readonly askAnyway?: (question: string, signal: AbortSignal) => Promise<string | undefined>;
  /** All that comes in on stdin. Absent when that is a terminal. */
  readonly readInput?: () => Promise<string>;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** A terminal on which what was written can be written over. Absent in a pipe, on a dumb terminal, and with --json. */
  readonly live?: LiveTerminal;
}

export interface LiveTerminal {
  /** As it is now: people resize it. */
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
  /** A text as it may be shown: without secrets, its commands ready to be copied. */
  ready(text: string): string;
  /**
   * Hands over each key that is pressed until the function that it gives back is called, or until `onEnd`: no more will come.
   * Keys are shown by nobody else meanwhile. Absent where nobody can be asked.
   */
  readonly keys?: ReadKeys;
}

export type ReadKeys = (onKey: (key: Key) => void, onEnd: () => void) => () => void;

/** The same screen, as if what was written could not be written over. */
export function plainScreen({ live: _unused, ...screen }: Screen): Screen {
  return screen;
}

/** Marks text for the eye. Nothing is told by colour alone. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
}

export const plainPaint: Paint = {
  bold: (text) => text,
  dim: (text) => text,
  good: (text) => text,
  bad: (text) => text,
  warn: (text) => text,
};

export const colourPaint: Paint = {
  bold: (text) => `\u001b[1m${text}\u001b[22m`,
  dim: (text) => `\u001b[2m${text}\u001b[22m`,
  good: (text) => `\u001b[32m${text}\u001b[39m`,
  bad: (text) => `\u001b[31m${text}\u001b[39m`,
  warn: (text) => `\u001b[33m${text}\u001b[39m`,
};
