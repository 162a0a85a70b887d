import { stdin, stdout } from 'node:process';

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

/** Asks on the terminal for one line. Undefined when the signal is aborted or the input ends first. */
export const terminalQuestion = (question: string, signal: AbortSignal): Promise<string | undefined> =>
  questionOn(stdin, question, signal);

/** The same where stdin is a file: the terminal itself is opened. Undefined where there is none. */
export async function ttyQuestion(question: string, signal: AbortSignal): Promise<string | undefined> {
  const { open } = await import('node:fs/promises');
  const terminal = await open('/dev/tty').catch(() => undefined);
  if (!terminal) return undefined;
  return questionOn(terminal.createReadStream(), question, signal);
}

async function questionOn(
  input: NodeJS.ReadableStream,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input, output: stdout });
  // readline takes Ctrl-C for itself on a terminal; it must stop the program as it does anywhere else.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    lines.close();
  }
}
