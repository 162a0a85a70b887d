import { type Key, NOTHING_TYPED, press } from './line-editor.ts';
import { type PromptRows, type PromptSpace, promptRows } from './prompt-rows.ts';
import type { LiveTerminal } from './screen.ts';

/** A question that somebody is about to answer. */
export interface Prompt {
  /** Undefined when it was answered elsewhere, or when nobody types any more. */
  readonly answer: Promise<string | undefined>;
  /** How it looks now. */
  rows(space: PromptSpace): PromptRows;
  /** What of it belongs into the log once it is over, so that nothing that was typed vanishes without a word. */
  remains(): readonly string[];
}

export interface Prompting {
  readonly question: string;
  readonly terminal: LiveTerminal;
  readonly signal: AbortSignal;
  /** It looks different now. Told once for all that came at once, e.g. from the clipboard. */
  changed(): void;
}

/** Until it is told otherwise, the terminal says where text from the clipboard begins and ends. */
const PASTE_ON = '\u001b[?2004h';
const PASTE_OFF = '\u001b[?2004l';

/** Reads one line, key by key, and leaves it to others to show it. */
export function prompting({ question, terminal, signal, changed }: Prompting): Prompt {
  let typed = NOTHING_TYPED;
  let sent: string | undefined;
  const told = once(changed);
  const answer = new Promise<string | undefined>((resolve) => {
    if (signal.aborted) return resolve(undefined);
    const end = (): void => {
      stop();
      signal.removeEventListener('abort', end);
      terminal.write(PASTE_OFF);
      resolve(sent);
    };
    const onKey = (key: Key): void => {
      const pressed = press(typed, key);
      if (pressed.line === 'goes on') typed = pressed.typed;
      if (pressed.line === 'is sent') sent = pressed.text;
      if (pressed.line === 'goes on') told();
      else end();
    };
    terminal.write(PASTE_ON);
    signal.addEventListener('abort', end, { once: true });
    const stop = terminal.keys?.(onKey, end) ?? (() => undefined);
  });
  return {
    answer,
    rows: (space) => promptRows(question, typed, space),
    remains() {
      if (sent !== undefined) return [terminal.ready(`${question}${sent}`)];
      if (typed.text.trim() === '') return [];
      return [`      Not sent, because the question is closed: ${terminal.ready(typed.text)}`];
    },
  };
}

function once(work: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      work();
    });
  };
}
