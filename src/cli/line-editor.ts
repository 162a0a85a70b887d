import { withoutControls } from './text-width.ts';

/** A key as it was pressed: its name, and the text that it stands for. */
export interface Key {
  readonly name?: string | undefined;
  readonly text?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
}

/** What somebody has typed so far, and where in it the cursor stands. */
export interface Typed {
  readonly text: string;
  readonly cursor: number;
  /** While text comes from the clipboard, its line breaks send nothing off. */
  readonly pasting: boolean;
}

export const NOTHING_TYPED: Typed = { text: '', cursor: 0, pasting: false };

/** What comes of a key: the line goes on, is sent off, or its input is at an end. */
export type Pressed =
  | { readonly line: 'goes on'; readonly typed: Typed }
  | { readonly line: 'is sent'; readonly text: string }
  | { readonly line: 'ends' };

/** A line as it is after a key. What the editor does not know changes nothing, so that no stray sign gets into an answer. */
export function press(typed: Typed, key: Key): Pressed {
  if (key.name === 'paste-start') return goesOn({ ...typed, pasting: true });
  if (key.name === 'paste-end') return goesOn({ ...typed, pasting: false });
  if (typed.pasting) return goesOn(insert(typed, pastedText(key)));
  if (isEnter(key)) return { line: 'is sent', text: typed.text };
  if (key.ctrl && key.name === 'd' && typed.text === '') return { line: 'ends' };
  return goesOn(edited(typed, key));
}

const goesOn = (typed: Typed): Pressed => ({ line: 'goes on', typed });

const isEnter = ({ name, ctrl }: Key): boolean => name === 'return' || name === 'enter' || (!!ctrl && name === 'm');

const isBreak = ({ name }: Key): boolean => name === 'return' || name === 'enter' || name === 'tab';

const pastedText = (key: Key): string => (isBreak(key) ? ' ' : (key.text ?? ''));

function edited(typed: Typed, key: Key): Typed {
  if (key.meta || key.name === 'tab') return typed;
  const edit = key.ctrl ? CTRL[key.name ?? ''] : NAMED[key.name ?? ''];
  if (edit) return edit(typed);
  return key.ctrl ? typed : insert(typed, key.text ?? '');
}

type Edit = (typed: Typed) => Typed;

const toStart: Edit = (typed) => ({ ...typed, cursor: 0 });
const toEnd: Edit = (typed) => ({ ...typed, cursor: typed.text.length });
const toLeft: Edit = (typed) => ({ ...typed, cursor: signBefore(typed) });
const toRight: Edit = (typed) => ({ ...typed, cursor: signAfter(typed) });
const eraseBefore: Edit = (typed) => without(typed, signBefore(typed), typed.cursor);
const eraseAfter: Edit = (typed) => without(typed, typed.cursor, signAfter(typed));
const eraseToStart: Edit = (typed) => without(typed, 0, typed.cursor);
const eraseToEnd: Edit = (typed) => without(typed, typed.cursor, typed.text.length);
const eraseWord: Edit = (typed) => without(typed, wordBefore(typed), typed.cursor);

const NAMED: Readonly<Record<string, Edit>> = {
  left: toLeft,
  right: toRight,
  home: toStart,
  end: toEnd,
  backspace: eraseBefore,
  delete: eraseAfter,
};

const CTRL: Readonly<Record<string, Edit>> = {
  a: toStart,
  b: toLeft,
  d: eraseAfter,
  e: toEnd,
  f: toRight,
  h: eraseBefore,
  k: eraseToEnd,
  u: eraseToStart,
  w: eraseWord,
};

function insert(typed: Typed, more: string): Typed {
  const text = withoutControls(more);
  return {
    ...typed,
    text: typed.text.slice(0, typed.cursor) + text + typed.text.slice(typed.cursor),
    cursor: typed.cursor + text.length,
  };
}

const without = (typed: Typed, from: number, to: number): Typed => ({
  ...typed,
  text: typed.text.slice(0, from) + typed.text.slice(to),
  cursor: from,
});

/** What a person sees as one sign may be several: a letter and its accents, a flag, a family. */
const signs = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const signBefore = ({ text, cursor }: Typed): number => {
  const last = [...signs.segment(text.slice(0, cursor))].at(-1);
  return last?.index ?? 0;
};

const signAfter = ({ text, cursor }: Typed): number => {
  const [next] = signs.segment(text.slice(cursor));
  return cursor + (next?.segment.length ?? 0);
};

const wordBefore = ({ text, cursor }: Typed): number => {
  const before = text.slice(0, cursor);
  return before.length - (/\S*\s*$/u.exec(before)?.[0].length ?? 0);
};
