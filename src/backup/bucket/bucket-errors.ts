import { type ErrorCode, KnownError } from '../../model/errors.ts';

/** What was tried where, for the message. */
export interface Attempt {
  readonly what: string;
  readonly place: string;
  readonly region: string;
}

/** The name S3 gives an error, or the library, or the operating system. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const given = 'Code' in error && typeof error.Code === 'string' ? error.Code : undefined;
  return given ?? (UNNAMED.has(error.name) ? (code ?? error.name) : error.name);
}

const UNNAMED = new Set(['Error', 'TypeError', 'AggregateError']);

/** The status of the answer; undefined when none came. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return metadata?.httpStatusCode;
}

/** True when the request may have been carried out although its caller was told otherwise, or nothing at all. */
export function mayHaveHappened(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined || status >= 500 || errorName(error) === 'NoSuchUpload';
}

/** True when an object of that name stood in the way of one that may only be made, or another writer came between. */
export const isTaken = (error: unknown): boolean => [409, 412].includes(statusOf(error) ?? 0);

/** HEAD has no body, so it says only that nothing is there: of a bucket that is missing nobody can tell it. */
export const isMissing = (error: unknown): boolean => ['NoSuchKey', 'NotFound'].includes(errorName(error));

interface Meaning {
  readonly code: ErrorCode;
  readonly says: string;
  readonly hint: string;
}

/** What a failed request means to a person. Errors that are already explained, or our own fault, stay as they are. */
export function bucketError(cause: unknown, attempt: Attempt): unknown {
  if (cause instanceof KnownError || cause instanceof RangeError) return cause;
  const { code, says, hint } = meaningOf(cause, attempt);
  return new KnownError(code, `could not ${attempt.what} in ${attempt.place}: ${says}`, hint, cause);
}

function meaningOf(error: unknown, attempt: Attempt): Meaning {
  const name = errorName(error);
  const status = statusOf(error);
  return (
    regionMeaning(error, attempt) ??
    NAMES.find(([names]) => names.includes(name))?.[1](name) ??
    STATUSES.find(([from, to]) => status !== undefined && status >= from && status <= to)?.[2](name) ??
    (status === undefined ? silent(name) : failed(name, `status ${status}`))
  );
}

/** A bucket of another region answers with a redirect, or says of the signature that it is for the wrong region. */
function regionMeaning(error: unknown, { region }: Attempt): Meaning | undefined {
  const elsewhere = ['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed', 'IncorrectEndpoint'];
  const status = statusOf(error) ?? 0;
  if (!elsewhere.includes(errorName(error)) && (status < 300 || status > 399)) return undefined;
  const right = regionIn(error);
  return {
    code: 'TARGET_FAILED',
    says: `the bucket is not in the region ${region}${right ? ` but in ${right}` : ''}`,
    hint: `Set repository.region in the plan${right ? `: region: ${right}` : ' to the region of the bucket'}.`,
  };
}

function regionIn(error: unknown): string | undefined {
  const { Region: said, $response: response } = error as {
    Region?: unknown;
    $response?: { headers?: Record<string, string> };
  };
  return typeof said === 'string' ? said : response?.headers?.['x-amz-bucket-region'];
}

type Row = readonly [names: readonly string[], (name: string) => Meaning];

const NAMES: readonly Row[] = [
  [
    ['NoSuchBucket'],
    () => ({
      code: 'REPOSITORY_MISSING',
      says: 'there is no such bucket',
      hint: 'Check repository.bucket and repository.endpoint. A bucket is made with: aws s3api create-bucket',
    }),
  ],
  [
    ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired'],
    (name) => denied(`the credentials have expired (${name})`, 'Log in again, e.g.: aws sso login. Then run it again.'),
  ],
  [
    ['CredentialsProviderError', 'TokenProviderError'],
    () =>
      denied(
        'there are no credentials',
        'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile: repository.profile in the plan.',
      ),
  ],
  [
    [
      'InvalidAccessKeyId',
      'SignatureDoesNotMatch',
      'InvalidToken',
      'InvalidClientTokenId',
      'UnrecognizedClientException',
    ],
    (name) => denied(`the credentials are wrong (${name})`, 'See whose they are with: aws sts get-caller-identity'),
  ],
  [
    ['RequestTimeTooSkewed'],
    () => denied('the clock of this machine is wrong by minutes', 'Set the clock, e.g.: timedatectl set-ntp true'),
  ],
  [
    [
      'SlowDown',
      'Throttling',
      'ThrottlingException',
      'TooManyRequests',
      'TooManyRequestsException',
      'RequestLimitExceeded',
    ],
    (name) => busy(`it asks to slow down (${name}), and went on doing so`),
  ],
  [
    ['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull', 'InsufficientCapacity'],
    () => ({
      code: 'DISK_FULL',
      says: 'there is no room left',
      hint: 'Raise the quota or make room, and run it again.',
    }),
  ],
  [
    ['InvalidObjectState'],
    () => ({
      code: 'TARGET_FAILED',
      says: 'the object lies in an archive and must be brought back first, which takes hours',
      hint: 'aws s3api restore-object brings it back. Keep lifecycle rules off this prefix.',
    }),
  ],
  [
    ['NotImplemented', 'MethodNotAllowed', 'XNotImplemented'],
    (name) => failed(name, 'the store does not know what was asked of it'),
  ],
  [
    ['InvalidStorageClass'],
    (name) => failed(name, 'the store does not know the storage class', 'Leave repository.storage_class out.'),
  ],
  [
    ['ObjectLockConfigurationNotFoundError', 'InvalidRequest', 'InvalidRetentionPeriod'],
    (name) =>
      failed(
        name,
        'the bucket does not take the request as it is',
        'With repository.object_lock: the bucket must have object lock switched on, which is done when it is made.',
      ),
  ],
  [
    ['EncryptionTypeNotSupported', 'KMS.DisabledException', 'KMS.NotFoundException', 'KMS.KMSInvalidStateException'],
    (name) =>
      denied(`the encryption key cannot be used (${name})`, 'Check repository.encryption and the state of the key.'),
  ],
];

const NETWORK = 'Check the network, and repository.region and repository.endpoint in the plan.';

const STATUSES: readonly (readonly [from: number, to: number, (name: string) => Meaning])[] = [
  [
    401,
    403,
    (name) =>
      denied(
        `access is refused (${name})`,
        'The credentials need s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on bucket and prefix; with object lock s3:PutObjectRetention too.',
      ),
  ],
  [200, 299, (name) => failed(name, 'its answer cannot be read', NETWORK)],
  [429, 429, (name) => busy(`it asks to slow down (${name}), and went on doing so`)],
  [507, 507, () => ({ code: 'DISK_FULL', says: 'there is no room left', hint: 'Make room, and run it again.' })],
  [500, 599, (name) => busy(`it cannot answer now (${name})`)],
];

const denied = (says: string, hint: string): Meaning => ({ code: 'TARGET_DENIED', says, hint });

const busy = (says: string): Meaning => ({
  code: 'TARGET_UNREACHABLE',
  says,
  hint: 'Wait some minutes and run it again. What was written whole stays valid.',
});

const failed = (
  name: string,
  says: string,
  hint = 'Look the name of the error up in the manual of the store.',
): Meaning => ({
  code: 'TARGET_FAILED',
  says: `${says} (${name})`,
  hint,
});

/** No answer came. */
function silent(name: string): Meaning {
  const late = ['TimeoutError', 'AbortError', 'ETIMEDOUT', 'RequestTimeout'].includes(name);
  if (late) return { code: 'TIMED_OUT', says: 'it did not answer in time', hint: NETWORK };
  return { code: 'TARGET_UNREACHABLE', says: `it does not answer (${name})`, hint: NETWORK };
}
