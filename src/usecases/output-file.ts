import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Happening } from './happening.ts';

/*
 * What steps put out while they run is not part of the log of a run: it is for people who look. The process that drives the run
 * leaves it in a file, so that those who follow from other terminals see it too. Nothing depends on it.
 */

/** Then the file begins anew: whoever follows only wants the newest lines. */
const LARGEST = 1024 * 1024;

/** Somebody who comes to look late sees about this much. */
const FIRST_LOOK = 4096;

const fileOf = (stateFolder: string, run: string): string => join(stateFolder, 'output', `${run}.ndjson`);

/** Keeps output for other terminals. A disk that is full or read-only ends this and nothing else: the recovery goes on. */
export function shareOutput(stateFolder: string): (happening: Happening) => void {
  let run: string | undefined;
  let size: number | undefined;
  let broken = false;
  return (happening) => {
    if (happening.kind === 'event') run = happening.event.run;
    if (happening.kind !== 'output' || run === undefined || broken) return;
    const text = `${JSON.stringify({ step: happening.step, line: happening.line })}\n`;
    try {
      size = add(fileOf(stateFolder, run), text, size);
    } catch {
      broken = true;
    }
  };
}

/** Gives the size of the file afterwards. */
function add(file: string, text: string, known: number | undefined): number {
  if (known === undefined) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const size = known ?? statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const bytes = Buffer.byteLength(text);
  if (size + bytes > LARGEST) {
    writeFileSync(file, text, { mode: 0o600 });
    return bytes;
  }
  appendFileSync(file, text, { mode: 0o600 });
  return size + bytes;
}

/** Reads what was put out since the last call; the first call gives the newest lines only. */
export function followOutput(stateFolder: string, run: string): () => readonly (Happening & { kind: 'output' })[] {
  const file = fileOf(stateFolder, run);
  let from: number | undefined;
  return () => {
    const read = readFrom(file, from);
    if (!read) return [];
    const end = read.text.lastIndexOf('\n') + 1;
    from = read.from + Buffer.byteLength(read.text.slice(0, end));
    return read.text.slice(0, end).split('\n').flatMap(outputIn);
  };
}

/** Undefined when there is nothing, or nothing new. */
function readFrom(
  file: string,
  known: number | undefined,
): { readonly from: number; readonly text: string } | undefined {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0 || size === known) return undefined;
  const handle = openSync(file, 'r');
  try {
    const now = fstatSync(handle).size;
    const wanted = known ?? Math.max(0, now - FIRST_LOOK);
    const from = wanted > now ? 0 : wanted;
    const bytes = Buffer.alloc(now - from);
    const read = readSync(handle, bytes, 0, bytes.length, from);
    return { from, text: bytes.toString('utf8', 0, read) };
  } finally {
    closeSync(handle);
  }
}

/** The first line that is read may be half of one; that is no harm. */
function outputIn(line: string): readonly (Happening & { kind: 'output' })[] {
  try {
    const { step, line: text } = JSON.parse(line) as { step?: unknown; line?: unknown };
    return typeof step === 'string' && typeof text === 'string' ? [{ kind: 'output', step, line: text }] : [];
  } catch {
    return [];
  }
}
