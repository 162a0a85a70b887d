import { type ErrorCode, KnownError } from '../../../model/errors.ts';

/** Does the work; what the file system refuses in it comes out as an error that a person can act on. */
export async function withFileErrors<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateFileError(error, what);
  }
}

const MEANS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOSPC: ['DISK_FULL', 'Free some room on that file system, then try again.'],
  EDQUOT: ['DISK_FULL', 'The quota of the user is used up. Free some room, then try again.'],
  EACCES: ['TARGET_DENIED', 'Run as root or as the owner of the folder, or use another folder.'],
  EPERM: ['TARGET_DENIED', 'Run as root or as the owner of the folder, or use another folder.'],
  EROFS: ['TARGET_DENIED', 'The file system is mounted read only. Use another folder, or look why it is.'],
  ENOTDIR: ['TARGET_DENIED', 'Something on the way is a file. Use another folder.'],
  EIO: ['TARGET_FAILED', 'The disk reports a fault. Use another one.'],
};

/** Anything that is not the file system's stays as it is. */
export function translateFileError(error: unknown, what: string): unknown {
  if (error instanceof KnownError) return error;
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  const means = code === undefined ? undefined : MEANS[code];
  if (means === undefined) return error;
  return new KnownError(means[0], `${what}: ${path ?? 'a file'} (${code})`, means[1], error);
}
