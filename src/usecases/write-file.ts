import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { KnownError } from '../model/errors.ts';

/** Writes a file whole or not at all, for its owner's eyes. An older one of that name is replaced. */
export function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}.new`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Work that writes below a folder. A full disk there is said as such, and not as a fault of ours. */
export function withRoom<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    const hint = 'Make room there, then: lifeboat recover --resume. What was written whole stays valid.';
    throw new KnownError('DISK_FULL', `no room left in ${folder}`, hint, error);
  }
}
