import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

/** Of the end of a flood so much is kept. */
const KEPT_OF_THE_END = 64 * 1024;

/** A text file that does not grow beyond its limit. Writing waits for the disk, so that a flood waits too. */
export interface OutputFile {
  write(text: string): void;
  /** Writes what was kept of the end, and says how much is missing before it. Why not all of it could be written, if so. */
  close(): string | undefined;
}

/** `limit` in bytes: beyond it only the last part is kept. */
export function openOutputFile(path: string, limit: number): OutputFile {
  const file = openSync(path, 'a', 0o600);
  let written = 0;
  let leftOut = 0;
  let last = '';
  let broken: string | undefined;
  const put = (text: string): void => {
    try {
      writeAll(file, Buffer.from(text));
    } catch (error) {
      // A full disk must not end the command in the middle of its work.
      broken ??= (error as NodeJS.ErrnoException).code ?? String(error);
    }
  };
  return {
    write(text) {
      const size = Buffer.byteLength(text);
      if (leftOut === 0 && written + size <= limit) {
        written += size;
        return put(text);
      }
      leftOut += size;
      last = (last + text).slice(-KEPT_OF_THE_END);
    },
    close() {
      const missing = leftOut - Buffer.byteLength(last);
      if (missing > 0) put(`\n… ${missing} bytes are left out here …\n`);
      put(last);
      if (broken === undefined) fsyncSync(file);
      closeSync(file);
      return broken;
    },
  };
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
