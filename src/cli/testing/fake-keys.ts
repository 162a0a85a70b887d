import type { Key } from '../line-editor.ts';
import type { ReadKeys } from '../screen.ts';
import type { FakeTerminal } from './fake-terminal.ts';

/** Somebody at the keys of a terminal. */
export interface FakeKeys {
  readonly keys: ReadKeys;
  /** Presses keys one after the other: signs of a text, or keys by their names. */
  type(...pressed: readonly (string | Key)[]): void;
  /** The terminal is gone. */
  hangUp(): void;
  readonly isRead: () => boolean;
}

export const ENTER: Key = { name: 'return', text: '\r' };
export const ctrl = (name: string): Key => ({ name, ctrl: true, text: String.fromCharCode(name.charCodeAt(0) - 96) });
export const named = (name: string): Key => ({ name });
export const pasted = (text: string): readonly Key[] => [named('paste-start'), ...keysOf(text), named('paste-end')];

export function fakeKeys(): FakeKeys {
  let reader: { onKey(key: Key): void; onEnd(): void } | undefined;
  return {
    keys(onKey, onEnd) {
      reader = { onKey, onEnd };
      return () => {
        reader = undefined;
      };
    },
    type(...pressed) {
      for (const key of pressed.flatMap((one) => (typeof one === 'string' ? keysOf(one) : [one]))) reader?.onKey(key);
    },
    hangUp: () => reader?.onEnd(),
    isRead: () => reader !== undefined,
  };
}

/** Somebody who reads the row of the cursor, and answers what he knows an answer to. */
export const answering =
  (terminal: FakeTerminal, answers: readonly (readonly [part: string, answer: string])[]): ReadKeys =>
  (onKey) => {
    queueMicrotask(() => {
      const asked = terminal.atCursor()[0];
      const answer = answers.find(([part]) => asked.includes(part))?.[1];
      if (answer !== undefined) for (const key of [...keysOf(answer), ENTER]) onKey(key);
    });
    return () => undefined;
  };

const keysOf = (text: string): readonly Key[] =>
  [...text].map((sign) => ({ text: sign, name: NAMES[sign] ?? (/^[a-z]$/.test(sign) ? sign : undefined) }));

const NAMES: Readonly<Record<string, string>> = { '\n': 'return', '\t': 'tab', ' ': 'space' };
