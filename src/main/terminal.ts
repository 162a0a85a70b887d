import { stdout } from 'node:process';
import type { Interface } from 'node:readline/promises';

/** A person can be asked only where both the question and the answer are on a terminal. */
export function canAsk(input: { isTTY?: boolean }, output: { isTTY?: boolean }): boolean {
  return input.isTTY === true && output.isTTY === true;
}

/** What was written can be written over: not in a pipe, not on a terminal that knows no such thing or does not say how large it is. */
export function canPaint(
  output: { isTTY?: boolean; columns?: number; rows?: number },
  term: string | undefined,
): boolean {
  const isLarge = (output.columns ?? 0) >= 20 && (output.rows ?? 0) >= 6;
  return output.isTTY === true && term !== undefined && term !== '' && term !== 'dumb' && isLarge;
}

/** Asks for one line at a time, on a terminal where other lines come meanwhile. */
export interface Questions {
  /** Undefined when the signal is aborted or the input ends first. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** Writes lines. What somebody is typing is then written again below them, with nothing that moves the cursor. */
  write(lines: string): void;
}

export function terminalQuestions(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  write: (text: string) => void,
): Questions {
  let open: { readonly question: string; readonly lines: Interface } | undefined;
  return {
    async ask(question, signal) {
      try {
        return await questionOn(input, output, { question, signal, opened: (lines) => (open = { question, lines }) });
      } finally {
        open = undefined;
      }
    },
    write: (text) => write(open ? `\n${text}${open.question}${open.lines.line}` : text),
  };
}

/** Asks where stdin is a file: the terminal itself is opened. Undefined where there is none. */
export async function ttyQuestion(question: string, signal: AbortSignal): Promise<string | undefined> {
  const { open } = await import('node:fs/promises');
  const terminal = await open('/dev/tty').catch(() => undefined);
  if (!terminal) return undefined;
  return questionOn(terminal.createReadStream(), stdout, { question, signal });
}

interface Asked {
  readonly question: string;
  readonly signal: AbortSignal;
  readonly opened?: (lines: Interface) => unknown;
}

async function questionOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  { question, signal, opened }: Asked,
): Promise<string | undefined> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input, output });
  // readline takes Ctrl-C for itself on a terminal; it must stop the program as it does anywhere else.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    const answer = lines.question(question, { signal });
    opened?.(lines);
    return await Promise.race([answer, ended]);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    lines.close();
  }
}
