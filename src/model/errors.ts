/**
 * Every error Lifeboat knows: the exit code of the command, the HTTP status of the server, and whether trying again can help.
 * `docs/reference/errors.md` is made from this table.
 */
export const ERRORS = {
  USAGE: { exit: 2, http: 400, retry: false, means: 'The command was called with arguments it does not take.' },
  PLAN_INVALID: {
    exit: 2,
    http: 422,
    retry: false,
    means: 'The plan cannot be read, or contradicts itself. Nothing was touched.',
  },
  PLAN_REFUSED: {
    exit: 2,
    http: 422,
    retry: false,
    means: 'The plan has findings of level error, so it is not run. Nothing was touched.',
  },
  SECRET_MISSING: {
    exit: 3,
    http: 422,
    retry: false,
    means: 'A secret that the plan refers to cannot be resolved here.',
  },
  RUN_NOT_FOUND: { exit: 4, http: 404, retry: false, means: 'No run of that name is in the state folder.' },
  RUN_LOCKED: { exit: 10, http: 409, retry: false, means: 'Another run of this plan and environment is active.' },
  OUTCOME_UNKNOWN: {
    exit: 11,
    http: 409,
    retry: false,
    means: 'A step was cut off and the world does not tell whether it took effect. A person decides.',
  },
  RUN_PAUSED: { exit: 12, http: 409, retry: false, means: 'The run was interrupted and can be resumed.' },
  APPROVAL_REJECTED: { exit: 13, http: 409, retry: false, means: 'A person said no to a step.' },
  APPROVAL_EXPIRED: { exit: 14, http: 409, retry: false, means: 'Nobody approved a step in the time it allows.' },
  STEP_FAILED: { exit: 15, http: 409, retry: false, means: 'A step failed and the run stopped where it stands.' },
  OBLIGATION_OPEN: {
    exit: 16,
    http: 409,
    retry: false,
    means: 'Something the run changed must be put back before the run may close.',
  },
  VERIFICATION_FAILED: {
    exit: 17,
    http: 409,
    retry: false,
    means: 'The result was looked at again and is not what it must be.',
  },
  RUN_FENCED: {
    exit: 18,
    http: 409,
    retry: false,
    means: 'Another process has taken the run over; this one may not write any more.',
  },
  RUN_CANCELED: { exit: 19, http: 409, retry: false, means: 'A person ended the run before it was through.' },
  NOT_PROVEN: {
    exit: 37,
    http: 409,
    retry: false,
    means: 'What a step rests on was looked at again right before it, and does not hold. The step was not begun.',
  },
  SAFETY_POINT_MISSING: {
    exit: 38,
    http: 409,
    retry: false,
    means: 'No whole recovery point was taken since the run began, and the step demands one. The step was not begun.',
  },
  NOT_CONFIRMED: {
    exit: 39,
    http: 409,
    retry: false,
    means:
      'Nobody confirmed in time that the world is right after a step, or somebody said no. The step was taken back.',
  },
  TARGET_UNREACHABLE: { exit: 20, http: 502, retry: true, means: 'A system does not answer.' },
  TARGET_DENIED: {
    exit: 21,
    http: 502,
    retry: false,
    means: 'A system answers and refuses the credentials or the permission.',
  },
  TARGET_NOT_EMPTY: {
    exit: 22,
    http: 409,
    retry: false,
    means: 'The folder to restore into holds something. Nothing was written.',
  },
  PORT_TAKEN: { exit: 23, http: 409, retry: false, means: 'Another process listens on the port that is needed.' },
  BINARY_MISSING: { exit: 24, http: 500, retry: false, means: 'A program that is needed is not on this machine.' },
  DISK_FULL: { exit: 25, http: 507, retry: false, means: 'There is no room left. What was written whole stays valid.' },
  TARGET_HEALTHY: {
    exit: 26,
    http: 409,
    retry: false,
    means: 'The system that is said to be lost is alive; destroying it was refused.',
  },
  TARGET_FAILED: { exit: 27, http: 502, retry: false, means: 'A system answered with an error.' },
  TIMED_OUT: { exit: 28, http: 504, retry: true, means: 'Something did not happen within its time.' },
  TARGET_AMBIGUOUS: {
    exit: 29,
    http: 409,
    retry: false,
    means: 'More than one thing fits, and Lifeboat does not guess.',
  },
  REPOSITORY_MISSING: { exit: 30, http: 404, retry: false, means: 'There is no backup repository at that place.' },
  OBJECT_DAMAGED: {
    exit: 31,
    http: 500,
    retry: false,
    means: 'An object of the repository is missing, cut short or altered. Nothing is restored from it.',
  },
  KEY_WRONG: { exit: 32, http: 403, retry: false, means: 'The key does not open this repository.' },
  KEY_MISSING: { exit: 33, http: 403, retry: false, means: 'No key was given, and the repository is encrypted.' },
  POINT_NOT_FOUND: {
    exit: 34,
    http: 404,
    retry: false,
    means: 'No recovery point reaches the moment that was asked for.',
  },
  LOG_GAP: {
    exit: 35,
    http: 409,
    retry: false,
    means: 'Part of the write-ahead log that is needed is not in the repository.',
  },
  TARGET_PROTECTED: {
    exit: 36,
    http: 403,
    retry: false,
    means: 'A step names what belongs to a protected environment, and the run is of another one. Nothing was called.',
  },
  RUN_LATE: {
    exit: 42,
    http: 409,
    retry: false,
    means: 'The run has taken longer than its deadline allows. Nothing further begins until a person extends it.',
  },
  APPROVAL_INVALID: {
    exit: 44,
    http: 403,
    retry: false,
    means:
      'A code or a request for an approval was misheard, altered, or belongs to something else. Nothing was approved.',
  },
  NO_ALTERNATIVE: {
    exit: 45,
    http: 409,
    retry: false,
    means: 'Of several ways to do something none was open, and the plan names no other. A person decides.',
  },
  NOT_JUDGED: {
    exit: 46,
    http: 409,
    retry: false,
    means: 'Too few places could tell whether a primary is down. Nothing was concluded from it.',
  },
  LOSS_TOO_GREAT: {
    exit: 47,
    http: 409,
    retry: false,
    means: 'What would be lost is more than may be lost, or nobody can tell. A person decides.',
  },
  EVIDENCE_INVALID: { exit: 40, http: 422, retry: false, means: 'The evidence was altered, cut or was never whole.' },
  JOURNAL_DAMAGED: { exit: 41, http: 500, retry: false, means: 'The run journal was altered or damaged.' },
  INTERRUPTED: {
    exit: 75,
    http: 499,
    retry: false,
    means: 'It was stopped by a signal before it was done. What was written whole stays valid.',
  },
  INTERNAL: { exit: 70, http: 500, retry: false, means: 'A fault in Lifeboat itself. Please report it.' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** An error we foresaw: what happened, and what to do next. Any other error that reaches a person is our own fault. */
export class KnownError extends Error {
  readonly code: ErrorCode;
  /** The next thing to do, as a sentence or a command. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'KnownError';
    this.code = code;
    this.hint = hint;
  }
}

export function isRetryable(error: unknown): boolean {
  return error instanceof KnownError && ERRORS[error.code].retry;
}

/** How an error is kept in the journal and printed as JSON. */
export type ErrorRecord = { readonly code: ErrorCode; readonly message: string; readonly hint: string };

/** An unforeseen error keeps its message: it is our fault, and the report needs it. */
export function errorRecord(error: unknown): ErrorRecord {
  if (error instanceof KnownError) return { code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'INTERNAL',
    message,
    hint: 'This is a fault in Lifeboat. Please report it with the journal of the run.',
  };
}
