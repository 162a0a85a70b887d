import { cleaner } from './clean-text.ts';
import type { Ended } from './client-api.ts';
import { type GroupCommand, runGroup } from './process-group.ts';

/** An answer is short; of a longer one the end counts. */
const LONGEST_ANSWER = 64 * 1024;

/** Runs a command that only looks. Nothing of it is kept; aborted, it is ended and the reason is thrown. */
export async function askCommand(
  command: GroupCommand,
  secrets: readonly string[],
  { signal, graceMs }: { readonly signal: AbortSignal; readonly graceMs: number },
): Promise<Ended> {
  signal.throwIfAborted();
  const begun = performance.now();
  const out = heldText(secrets);
  const err = heldText(secrets);
  const { code } = await runGroup(command, { signal, graceMs, stdout: out.write, stderr: err.write });
  signal.throwIfAborted();
  const seconds = Math.round(performance.now() - begun) / 1000;
  const stdout = out.end();
  return { code, stopped: false, seconds, stdout, stderr: err.end(), whole: !out.isCut(), stdoutFile: '' };
}

function heldText(secrets: readonly string[]) {
  const clean = cleaner(secrets);
  let text = '';
  let cut = false;
  const add = (more: string): void => {
    text += more;
    cut ||= text.length > LONGEST_ANSWER;
    text = text.slice(-LONGEST_ANSWER);
  };
  return {
    write: (bytes: Uint8Array): void => add(clean.push(bytes)),
    isCut: (): boolean => cut,
    end: (): string => {
      add(clean.end());
      return text;
    },
  };
}
