import { appendFileSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { KnownError } from '../model/errors.ts';
import type { JournalEvent } from '../model/run.ts';
import type { Services } from './services.ts';

/** What happens in a run, one line an event, at the end of a file: for people, `grep` and log collectors. */
export interface PlainLog {
  event(event: JournalEvent, text: string): void;
  output(run: string, step: string, line: string): void;
  /** What no event says, e.g. a warning. */
  note(run: string, line: string): void;
}

/**
 * Opens the log for adding to it. Events that stand in it already are not written again, so that a resumed run goes on in the same
 * file. Throws USAGE when it cannot be written; once it is open, trouble with it is told once and never stops a recovery.
 */
export function openPlainLog(
  file: string,
  { cwd, redact, clock }: Services,
  tell: (trouble: string) => void,
): PlainLog {
  const path = resolve(cwd, file);
  const written = readWritten(path);
  let broken = false;
  const add = (text: string): void => {
    if (broken) return;
    try {
      appendFileSync(path, `${redact(text)}\n`, { mode: 0o600 });
    } catch (error) {
      broken = true;
      tell(
        `The log ${path} cannot be written any more (${reasonOf(error)}). The run goes on; its journal is complete.`,
      );
    }
  };
  return {
    event({ at, run, seq, by, type }, text) {
      if (seq > (written.get(run) ?? 0))
        add(`${at} ${run} #${seq} ${type} by ${by}${text === '' ? '' : `: ${oneLine(text)}`}`);
    },
    note: (run, line) => add(`${clock.now().toISOString()} ${run} note: ${oneLine(line)}`),
    output: (run, step, line) => add(`${clock.now().toISOString()} ${run} output of ${step}: ${oneLine(line)}`),
  };
}

/** How far each run is written. */
function readWritten(path: string): ReadonlyMap<string, number> {
  const written = new Map<string, number>();
  try {
    appendFileSync(path, '', { mode: 0o600 });
    for (const [, run, seq] of readFileSync(path, 'utf8').matchAll(/^\S+ (\S+) #(\d+) /gm))
      written.set(run as string, Math.max(written.get(run as string) ?? 0, Number(seq)));
    return written;
  } catch (error) {
    throw new KnownError(
      'USAGE',
      `the log ${path} cannot be written (${reasonOf(error)})`,
      'Name a file in a folder that exists and that you may write to: --log FILE',
      error,
    );
  }
}

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, ' | ');
