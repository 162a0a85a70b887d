import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishFirst } from '../../lib/publish-first.ts';

/** A process that cannot be taken for a later one of the same number. */
export interface KnownProcess {
  readonly pid: number;
  readonly startedAt: string | undefined;
}

/** The keeper's last word about a command. */
export interface EndRecord {
  readonly code: number;
  readonly stopped: boolean;
  readonly seconds: number;
  /** Why part of what it wrote is missing from the files, if it is. */
  readonly notKept?: string;
}

/** The files of one attempt. They say all that is known of it to whoever comes later. */
export interface AttemptFiles {
  readonly folder: string;
  readonly stdout: string;
  readonly stderr: string;
  /** What the keeper itself had to say, which is nothing unless it broke. */
  readonly keeper: string;
  /** The keeper that has the attempt. Of several that want it, the first. */
  readonly started: string;
  /** The process group of the command. */
  readonly group: string;
  readonly ended: string;
}

export function attemptFiles(workFolder: string, attempt: string): AttemptFiles {
  const folder = join(workFolder, 'shell', ...attempt.split('/').map(encodeURIComponent));
  return filesIn(folder);
}

export const filesIn = (folder: string): AttemptFiles => ({
  folder,
  stdout: join(folder, 'stdout.txt'),
  stderr: join(folder, 'stderr.txt'),
  keeper: join(folder, 'keeper.txt'),
  started: join(folder, 'started.json'),
  group: join(folder, 'group.json'),
  ended: join(folder, 'ended.json'),
});

/** Undefined when there is none. It is there whole or not at all. */
export function readRecord<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps a record unless there is one, and says what is there then. */
export function keepFirst<T>(file: string, pid: number, record: T): T {
  const draft = `${file}.${pid}`;
  writeFileSync(draft, JSON.stringify(record), { mode: 0o600, flush: true });
  publishFirst(draft, file);
  return readRecord<T>(file) as T;
}

/** The last bytes of a text file; of one that is not there, nothing. */
export function lastPart(file: string, most: number): { readonly text: string; readonly whole: boolean } {
  const read = readPart(file, (size) => [Math.max(0, size - most), most]);
  if (read === undefined) return { text: '', whole: true };
  // A character may have been cut in two.
  const text = read.bytes.toString('utf8');
  return read.from === 0 ? { text, whole: true } : { text: text.replace(/^\uFFFD+/, ''), whole: false };
}

interface Part {
  readonly from: number;
  readonly size: number;
  readonly bytes: Buffer;
}

/** Undefined when the file is not there. `which` says for a size from where, and how much at most. */
export function readPart(
  file: string,
  which: (size: number) => readonly [from: number, most: number],
): Part | undefined {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = fstatSync(handle);
    const [from, most] = which(size);
    const bytes = Buffer.alloc(Math.max(0, Math.min(most, size - from)));
    return { from, size, bytes: bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, from)) };
  } finally {
    closeSync(handle);
  }
}
