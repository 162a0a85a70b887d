import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Asked } from './asked.ts';
import { refusal } from './refusal.ts';

export interface User {
  readonly id: string;
  readonly secret: string;
  /** Temporary credentials carry one. */
  readonly token?: string;
  /** The token is no longer good. */
  readonly expired?: boolean;
  /** What this user may do, as `s3:GetObject`; all of it unless said. */
  readonly allowed?: readonly string[];
}

const SKEW_MS = 15 * 60 * 1000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Who asks, when the signature of the request (Signature Version 4) is right; refuses as S3 does when it is not. */
export function signerOf(asked: Asked, users: readonly User[], region: string, now: Date): User {
  const [, id, day = '', scopeRegion = '', signed = '', given = ''] =
    AUTHORIZATION.exec(asked.header('authorization') ?? '') ?? [];
  if (id === undefined) throw refusal(403, 'AccessDenied', 'The request is not signed.');
  const user = users.find((one) => one.id === id);
  if (!user) throw refusal(403, 'InvalidAccessKeyId', 'Nobody has this access key.');
  if (scopeRegion !== region)
    throw refusal(
      400,
      'AuthorizationHeaderMalformed',
      `The region '${scopeRegion}' is wrong.`,
      `<Region>${region}</Region>`,
    );
  const date = asked.header('x-amz-date') ?? '';
  const moment = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(now.getTime() - moment) < SKEW_MS)) throw refusal(403, 'RequestTimeTooSkewed', 'The clocks differ.');
  if (user.expired) throw refusal(400, 'ExpiredToken', 'The token has expired.');
  if ((asked.header('x-amz-security-token') ?? '') !== (user.token ?? ''))
    throw refusal(403, 'InvalidToken', 'The token is not the one that belongs to the key.');
  const scope = `${day}/${scopeRegion}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, hex(canonical(asked, signed))].join('\n');
  const key = ['aws4_request', 's3', scopeRegion, day].reduceRight(hmac, Buffer.from(`AWS4${user.secret}`));
  if (!timingSafeEqual(hmac(key, text), Buffer.from(given, 'hex')))
    throw refusal(403, 'SignatureDoesNotMatch', 'The signature is not that of this request.');
  requirePayload(asked);
  return user;
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const hex = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

function canonical({ method, path, query, header }: Asked, signed: string): string {
  const fields = [...query].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const headers = signed.split(';').map((name) => `${name}:${(header(name) ?? '').trim().replace(/ +/g, ' ')}\n`);
  return [method, path, fields.join('&'), headers.join(''), signed, header('x-amz-content-sha256') ?? ''].join('\n');
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** Chunked signing is not spoken here: the store never streams. */
function requirePayload({ header, body }: Asked): void {
  const sum = header('x-amz-content-sha256') ?? '';
  if (sum === 'UNSIGNED-PAYLOAD') return;
  if (sum.startsWith('STREAMING-')) throw refusal(501, 'NotImplemented', 'Chunked signatures are not spoken here.');
  if (sum !== hex(body)) throw refusal(400, 'XAmzContentSHA256Mismatch', 'The body is not the one that was signed.');
}
