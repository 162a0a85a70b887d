import { KnownError } from '../model/errors.ts';

/** The code of an error of the operating system, e.g. `ENOSPC`. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const DENIED = ['EACCES', 'EPERM', 'EROFS'];

/** What a failed file operation means to a person. Errors that are already explained, or our own fault, stay as they are. */
export function folderError(cause: unknown, what: string, place: string): unknown {
  const code = errorCode(cause);
  if (code === undefined || cause instanceof KnownError || cause instanceof RangeError) return cause;
  if (FULL.includes(code)) {
    const message = `there is no room left in ${place} (could not ${what})`;
    return new KnownError('DISK_FULL', message, 'Make room on that disk and run the command again.', cause);
  }
  if (DENIED.includes(code)) {
    const message = `the operating system does not allow to ${what} in ${place} (${code})`;
    return new KnownError('TARGET_DENIED', message, 'Check who owns the folder, and whether it is read-only.', cause);
  }
  const message = `could not ${what} in ${place} (${code})`;
  return new KnownError('TARGET_FAILED', message, 'Check the disk and that it is still mounted.', cause);
}
