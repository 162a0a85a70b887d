import { KnownError } from '../model/errors.ts';

/** SQLite's primary result codes that a person can do something about. https://www.sqlite.org/rescode.html */
const CODES = { perm: 3, busy: 5, readonly: 8, ioerr: 10, corrupt: 11, full: 13, cantopen: 14, notadb: 26 } as const;

/** Whether somebody else is writing. */
export const isBusy = (error: unknown): boolean =>
  ((error as { readonly errcode?: number } | undefined)?.errcode ?? 0) % 256 === CODES.busy;

/** An error of SQLite or of the file system in our words. Anything else is passed on as it is. */
export function translateSqliteError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof KnownError) return error;
  const { errcode, code } = error as NodeJS.ErrnoException & { errcode?: number };
  if (code === 'ERR_SQLITE_ERROR') return fromSqlite(errcode === undefined ? 0 : errcode & 0xff, error, file);
  return fromFileSystem(code, error, file);
}

function fromSqlite(primary: number, error: Error, file: string): unknown {
  switch (primary) {
    case CODES.full:
      return diskFull(error, file);
    case CODES.busy:
      return new KnownError(
        'TIMED_OUT',
        `the run journal ${file} is kept busy by another process`,
        `See who has it open (fuser ${file}), then try again.`,
        error,
      );
    case CODES.corrupt:
    case CODES.notadb:
      return damagedFile(file, 'is damaged or not a run journal', error);
    case CODES.perm:
    case CODES.readonly:
    case CODES.cantopen:
      return denied(error, file);
    case CODES.ioerr:
      return new KnownError(
        'TARGET_FAILED',
        `the disk under the run journal ${file} reports an error: ${error.message}`,
        'Check the disk, or go on with another state folder: --state FOLDER',
        error,
      );
    default:
      return error;
  }
}

function fromFileSystem(code: string | undefined, error: Error, file: string): unknown {
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(error, file);
  const refused = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENOENT'];
  return code !== undefined && refused.includes(code) ? denied(error, file) : error;
}

export const damagedFile = (file: string, what: string, cause?: unknown): KnownError =>
  new KnownError(
    'JOURNAL_DAMAGED',
    `${file} ${what}`,
    'Keep the file as it is, for whoever looks into it. To recover now, start with another state folder: --state FOLDER',
    cause,
  );

const diskFull = (error: Error, file: string): KnownError =>
  new KnownError(
    'DISK_FULL',
    `there is no room left for the run journal ${file}`,
    'Make room on that disk, then go on: lifeboat recover --resume',
    error,
  );

const denied = (error: Error, file: string): KnownError =>
  new KnownError(
    'TARGET_DENIED',
    `the run journal ${file} cannot be opened for writing: ${error.message}`,
    'Run as the user that owns the state folder, or choose another one: --state FOLDER',
    error,
  );
