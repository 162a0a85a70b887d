import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * Writes a file that a person named, whole or not at all. Only a file is replaced: never a folder or a device; a link stays, and what
 * it leads to is replaced. Throws USAGE or DISK_FULL with the reason.
 */
export function replaceFile(named: string, text: string): void {
  try {
    writeWhole(placeOf(named), text);
  } catch (error) {
    if (error instanceof KnownError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new KnownError(
      isFull ? 'DISK_FULL' : 'USAGE',
      `${named} cannot be written: ${isFull ? 'no room is left' : message}`,
      isFull
        ? 'Make room there and do it again; an older file is still whole.'
        : 'Name a file in a folder where you may write.',
      error,
    );
  }
}

function placeOf(named: string): string {
  const found = lstatSync(named, { throwIfNoEntry: false });
  const file = found?.isSymbolicLink() ? realpathSync(named) : named;
  const there = found?.isSymbolicLink() ? lstatSync(file) : found;
  if (!there || there.isFile()) return file;
  const what = there.isDirectory() ? 'a folder' : 'no ordinary file';
  throw new KnownError('USAGE', `${named} is ${what}, and is not written over`, 'Name a file.');
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
