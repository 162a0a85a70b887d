import { emitKeypressEvents } from 'node:readline';
import type { Key } from '../cli/line-editor.ts';
import type { ReadKeys } from '../cli/screen.ts';

/** As much of stdin as keys come from. */
export type KeyInput = NodeJS.ReadableStream & { setRawMode?(raw: boolean): unknown };

/** What a terminal does at Ctrl-C and Ctrl-Z, and does no more once a program reads its keys itself. */
export interface Control {
  interrupt(): void;
  /** Stops this program until somebody has it go on. */
  suspend(goesOn: () => void): void;
}

interface Reader {
  readonly onKey: (key: Key) => void;
  readonly onEnd: () => void;
}

/** Keys of a terminal, one by one, which shows none of them meanwhile. */
export function terminalKeys(input: KeyInput, control: Control): ReadKeys {
  let reader: Reader | undefined;
  let isOpen = false;
  /** Came in one piece with the key that ended a line: they are for the question that follows at once, and for no later one. */
  let early: Key[] = [];
  const setRaw = (raw: boolean): unknown => input.setRawMode?.(raw);
  const onKeypress = (text: string | undefined, { name, ctrl, meta }: Omit<Key, 'text'>): void => {
    if (ctrl && name === 'c') control.interrupt();
    else if (ctrl && name === 'z') suspend();
    else if (reader) reader.onKey({ text, name, ctrl, meta });
    else early.push({ text, name, ctrl, meta });
  };
  const suspend = (): void => {
    setRaw(false);
    control.suspend(() => void (isOpen && setRaw(true)));
  };
  const onEnd = (): void => reader?.onEnd();
  const open = (): void => {
    if (isOpen) return;
    isOpen = true;
    emitKeypressEvents(input);
    input.on('keypress', onKeypress).on('end', onEnd).on('close', onEnd).on('error', onEnd);
    setRaw(true);
    input.resume();
  };
  const leave = (): void => {
    if (reader || !isOpen) return;
    isOpen = false;
    early = [];
    setRaw(false);
    input.pause();
    input.off('keypress', onKeypress).off('end', onEnd).off('close', onEnd).off('error', onEnd);
  };
  return (key, end) => {
    const mine: Reader = { onKey: key, onEnd: end };
    reader = mine;
    queueMicrotask(() => {
      if (reader === mine && !input.readable) mine.onEnd();
      while (reader === mine && early.length > 0) mine.onKey(early.shift() as Key);
    });
    open();
    return () => {
      if (reader === mine) reader = undefined;
      setImmediate(leave);
    };
  };
}
