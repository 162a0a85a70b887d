import { type ErrorCode, KnownError } from '../../model/errors.ts';

/**
 * The one place where an error of PostgreSQL, of its client or of the socket becomes one that a person can act on.
 * `what` is what was being done and where, without secrets: `orders-db: base backup`. Only codes are looked at, never texts.
 */
export function translatePgError(error: unknown, what: string): KnownError {
  if (error instanceof KnownError) return error;
  const [code, hint] = meaning(error);
  return new KnownError(code, `${what}: ${said(error)}`, hint ?? HINTS[code] ?? DEFAULT_HINT, error);
}

/** The SQLSTATE or errno of an error, also of one that was translated already. */
export function pgErrorCode(error: unknown): string | undefined {
  const original = error instanceof KnownError && error.cause !== undefined ? error.cause : error;
  const code = (original as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** What a code means, and what to do when that is something else than for its kind in general. */
type Meaning = readonly [ErrorCode, hint?: string];

const BY_CODE: { readonly [code: string]: Meaning } = {
  ECONNREFUSED: ['TARGET_UNREACHABLE'],
  ECONNRESET: ['TARGET_UNREACHABLE'],
  EPIPE: ['TARGET_UNREACHABLE'],
  ENOTFOUND: ['TARGET_UNREACHABLE'],
  EAI_AGAIN: ['TARGET_UNREACHABLE'],
  ETIMEDOUT: ['TARGET_UNREACHABLE'],
  EHOSTUNREACH: ['TARGET_UNREACHABLE'],
  ENETUNREACH: ['TARGET_UNREACHABLE'],
  ENETDOWN: ['TARGET_UNREACHABLE'],
  '57P01': ['TARGET_UNREACHABLE'], // admin_shutdown
  '57P02': ['TARGET_UNREACHABLE'], // crash_shutdown
  '57P03': ['TARGET_UNREACHABLE'], // cannot_connect_now: it starts or stops
  '53300': ['TARGET_UNREACHABLE'], // too_many_connections
  '28P01': [
    'TARGET_DENIED',
    'Check user, password and host in the connection: the server is there and does not take them.',
  ],
  '28000': [
    'TARGET_DENIED',
    'Check user and database in the connection: the role must exist and may log in, and pg_hba.conf must let it in from here; for backups with a replication line too.',
  ],
  '3D000': [
    'TARGET_FAILED',
    'Check the name of the database in the connection: the server is there, and that database is not.',
  ],
  '42501': ['TARGET_DENIED'],
  '53100': ['DISK_FULL'],
  ENOSPC: ['DISK_FULL'],
  EDQUOT: ['DISK_FULL'],
  '57014': ['TIMED_OUT'], // query_canceled, by statement_timeout
  '55P03': ['TIMED_OUT'], // lock_not_available, by lock_timeout
};

const HINTS: { readonly [code in ErrorCode]?: string } = {
  TARGET_UNREACHABLE: 'Check that the server runs and that this machine can reach it, then try again.',
  TARGET_DENIED: 'Check user, password and pg_hba.conf. Backups need the REPLICATION right and a replication line.',
  DISK_FULL: 'Free some room, then try again.',
  TIMED_OUT: 'Look for locks or load on the server, then try again.',
  INTERNAL: 'This is a fault in Lifeboat. Please report it.',
};
const DEFAULT_HINT = "Read the server's log around this time.";

function meaning(error: unknown): Meaning {
  const code = pgErrorCode(error);
  const syscall = (error as { syscall?: unknown } | null | undefined)?.syscall;
  if (code === undefined) return [isFaultOfOurs(error) ? 'INTERNAL' : 'TARGET_FAILED'];
  if (syscall === 'connect' && code === 'ENOENT') return ['TARGET_UNREACHABLE'];
  if (syscall === 'connect' && (code === 'EACCES' || code === 'EPERM')) return ['TARGET_DENIED'];
  if (/^08...$/.test(code)) return ['TARGET_UNREACHABLE']; // SQLSTATE class 08: connection exception
  return BY_CODE[code] ?? ['TARGET_FAILED'];
}

const isFaultOfOurs = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;

/** Node joins the errors of several addresses into one without a text of its own. */
function said(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(said).join('; ');
  const text = error instanceof Error ? error.message : String(error);
  const code = pgErrorCode(error);
  return code === undefined || text.includes(code) ? text : `${text} (${code})`;
}
