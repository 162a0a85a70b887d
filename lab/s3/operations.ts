import { randomBytes } from 'node:crypto';
import type { Asked, Operation } from './asked.ts';
import {
  type Bucket,
  crc32Of,
  currentOf,
  deleteObject,
  deleteVersion,
  keepObject,
  md5,
  requireSums,
  saidIn,
  type Version,
} from './bucket.ts';
import { refusal } from './refusal.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Job {
  readonly asked: Asked;
  readonly bucket: Bucket;
  readonly now: Date;
  /** Names of all headers that were sent. */
  readonly names: readonly string[];
  /** Keys in one page of a list, at most. */
  readonly page: number;
  /** Bytes of a part that is not the last, at least. */
  readonly smallestPart: number;
  /** Plays a store that does not know If-None-Match. */
  readonly ignoresConditions: boolean;
}

export const OPERATIONS: Readonly<Record<Operation, (job: Job) => Answer>> = {
  PutObject: putObject,
  GetObject: (job) => getObject(job),
  HeadObject: (job) => ({ ...getObject(job), body: Buffer.alloc(0) }),
  DeleteObject: removeObject,
  ListObjectsV2: listObjects,
  CreateMultipartUpload: beginUpload,
  UploadPart: keepPart,
  CompleteMultipartUpload: endUpload,
  AbortMultipartUpload: abortUpload,
  ListMultipartUploads: listUploads,
  PutBucketVersioning: setVersioning,
};

const answer = (headers: Readonly<Record<string, string>> = {}, body: string | Buffer = '', status = 200): Answer => ({
  status,
  headers,
  body: Buffer.from(body as string),
});

const xml = (root: string, inner: string): Answer =>
  answer({ 'content-type': 'application/xml' }, `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${inner}</${root}>`);

const element = (name: string, text: string | number | boolean): string =>
  `<${name}>${String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</${name}>`;

const tags = ({ id, etag, crc32 }: Version): Record<string, string> => ({
  etag,
  'x-amz-checksum-crc32': crc32,
  ...(id === 'null' ? {} : { 'x-amz-version-id': id }),
});

function putObject({ asked, bucket, names, now, ignoresConditions }: Job): Answer {
  if (asked.header('content-length') === undefined)
    throw refusal(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  requireSums(asked);
  const said = saidIn(asked, names, bucket, now);
  const summed = names.some((name) => name === 'content-md5' || name.startsWith('x-amz-checksum-'));
  if (said.lockedUntil && !summed)
    throw refusal(400, 'InvalidRequest', 'Object Lock parameters need Content-MD5 or a checksum.');
  if (!ignoresConditions) requireCondition(asked, bucket);
  return answer(tags(keepObject(bucket, asked.key, asked.body, { ...said, now })));
}

function requireCondition({ header, key }: Pick<Asked, 'header' | 'key'>, bucket: Bucket): void {
  const condition = header('if-none-match');
  if (condition === undefined) return;
  if (condition !== '*') throw refusal(501, 'NotImplemented', 'If-None-Match takes only *.');
  if (currentOf(bucket, key))
    throw refusal(412, 'PreconditionFailed', 'At least one of the preconditions did not hold.');
}

const ARCHIVED = ['GLACIER', 'DEEP_ARCHIVE'];

function getObject({ asked, bucket }: Job): Answer {
  const version = currentOf(bucket, asked.key);
  if (!version) throw refusal(404, 'NoSuchKey', 'The specified key does not exist.');
  if (ARCHIVED.includes(version.headers['x-amz-storage-class'] ?? '') && asked.method === 'GET')
    throw refusal(403, 'InvalidObjectState', 'The object lies in an archive.');
  const { etag, ...sums } = tags(version);
  const shown = asked.header('x-amz-checksum-mode') === 'ENABLED' ? sums : {};
  const headers = {
    ...version.headers,
    ...shown,
    etag: `${etag}`,
    'last-modified': version.storedAt.toUTCString(),
    'accept-ranges': 'bytes',
  };
  const { from, to } = rangeOf(asked.header('range'), version.bytes.length);
  const whole = to - from === version.bytes.length;
  const bytes = version.bytes.subarray(from, to);
  if (whole) return { status: 200, headers: { ...headers, 'content-length': `${bytes.length}` }, body: bytes };
  const { 'x-amz-checksum-crc32': _, ...others } = headers as Record<string, string>;
  const range = {
    'content-range': `bytes ${from}-${to - 1}/${version.bytes.length}`,
    'content-length': `${bytes.length}`,
  };
  return { status: 206, headers: { ...others, ...range }, body: bytes };
}

function rangeOf(text: string | undefined, size: number): { from: number; to: number } {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(text ?? '') ?? [];
  if (first === undefined) return { from: 0, to: size };
  const from = Number(first);
  if (from >= size) throw refusal(416, 'InvalidRange', 'The requested range is not satisfiable.');
  return { from, to: last ? Math.min(Number(last) + 1, size) : size };
}

function removeObject({ asked, bucket, now }: Job): Answer {
  const id = asked.query.get('versionId');
  if (id === undefined) deleteObject(bucket, asked.key, now);
  else deleteVersion(bucket, asked.key, id, asked, now);
  return answer({}, '', 204);
}

function listObjects({ asked: { query }, bucket, page }: Job): Answer {
  const prefix = query.get('prefix') ?? '';
  const size = Math.min(Number(query.get('max-keys') ?? page), page);
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString();
  const keys = [...bucket.objects.keys()].filter((key) => currentOf(bucket, key) && key.startsWith(prefix)).sort();
  const rest = keys.filter((key) => key > after);
  const shown = rest.slice(0, size);
  const more = rest.length > shown.length;
  const name = query.get('encoding-type') === 'url' ? urlEncoded : (key: string) => key;
  const contents = shown.map((key) => contentOf(name(key), currentOf(bucket, key) as Version));
  const token = more ? element('NextContinuationToken', Buffer.from(`${shown.at(-1)}`).toString('base64')) : '';
  const encoding = query.get('encoding-type') === 'url' ? element('EncodingType', 'url') : '';
  const head = element('Name', bucket.name) + element('Prefix', name(prefix)) + element('KeyCount', shown.length);
  return xml('ListBucketResult', `${head}${element('IsTruncated', more)}${token}${encoding}${contents.join('')}`);
}

const contentOf = (key: string, { bytes, etag, storedAt }: Version): string =>
  `<Contents>${element('Key', key)}${element('LastModified', storedAt.toISOString())}${element('ETag', etag)}${element('Size', bytes.length)}</Contents>`;

const urlEncoded = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');

function beginUpload({ asked, bucket, names, now }: Job): Answer {
  const id = randomBytes(12).toString('hex');
  const said = saidIn(asked, names, bucket, now);
  bucket.uploads.set(id, { id, key: asked.key, begunAt: now, said, parts: new Map() });
  return xml(
    'InitiateMultipartUploadResult',
    element('Bucket', bucket.name) + element('Key', asked.key) + element('UploadId', id),
  );
}

function uploadOf({ asked, bucket }: Job) {
  const upload = bucket.uploads.get(asked.query.get('uploadId') ?? '');
  if (upload?.key === asked.key) return upload;
  throw refusal(404, 'NoSuchUpload', 'The specified upload does not exist.');
}

function keepPart(job: Job): Answer {
  const upload = uploadOf(job);
  const { asked } = job;
  requireSums(asked);
  const number = Number(asked.query.get('partNumber'));
  if (!(number >= 1 && number <= 10_000)) throw refusal(400, 'InvalidArgument', 'Parts are numbered from 1 to 10000.');
  const part = { bytes: asked.body, etag: `"${md5(asked.body)}"`, crc32: crc32Of(asked.body) };
  upload.parts.set(number, part);
  return answer({ etag: part.etag, 'x-amz-checksum-crc32': part.crc32 });
}

function endUpload(job: Job): Answer {
  const { asked, bucket, now, ignoresConditions, smallestPart } = job;
  const upload = uploadOf(job);
  const named = [...asked.body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, text = '']) => ({
    number: Number(/<PartNumber>(\d+)</.exec(text)?.[1]),
    etag: /<ETag>(.*?)</.exec(text)?.[1]?.replaceAll('&quot;', '"'),
    crc32: /<ChecksumCRC32>(.*?)</.exec(text)?.[1],
  }));
  if (named.length === 0) throw refusal(400, 'MalformedXML', 'No part is named.');
  if (named.some(({ number }, at) => at > 0 && number <= (named[at - 1]?.number ?? 0)))
    throw refusal(400, 'InvalidPartOrder', 'The parts are not in order.');
  const parts = named.map(({ number, etag, crc32 }, at) => {
    const part = upload.parts.get(number);
    if (!part || part.etag !== etag || part.crc32 !== crc32)
      throw refusal(400, 'InvalidPart', 'A part was not sent, or is not the one that was.');
    if (at < named.length - 1 && part.bytes.length < smallestPart)
      throw refusal(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed object size.');
    return part;
  });
  if (!ignoresConditions) requireCondition(asked, bucket);
  bucket.uploads.delete(upload.id);
  const etag = `"${md5(Buffer.concat(parts.map((part) => Buffer.from(part.etag.slice(1, -1), 'hex'))))}-${parts.length}"`;
  const crc32 = `${crc32Of(Buffer.concat(parts.map((part) => Buffer.from(part.crc32, 'base64'))))}-${parts.length}`;
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  keepObject(bucket, upload.key, bytes, { ...upload.said, now, etag, crc32 });
  return xml('CompleteMultipartUploadResult', element('Key', upload.key) + element('ETag', etag));
}

function abortUpload(job: Job): Answer {
  job.bucket.uploads.delete(uploadOf(job).id);
  return answer({}, '', 204);
}

function listUploads({ asked, bucket }: Job): Answer {
  const prefix = asked.query.get('prefix') ?? '';
  const uploads = [...bucket.uploads.values()].filter(({ key }) => key.startsWith(prefix));
  const shown = uploads.map(
    ({ id, key, begunAt }) =>
      `<Upload>${element('Key', key)}${element('UploadId', id)}${element('Initiated', begunAt.toISOString())}</Upload>`,
  );
  return xml('ListMultipartUploadsResult', element('IsTruncated', false) + shown.join(''));
}

function setVersioning({ asked, bucket }: Job): Answer {
  const on = asked.body.toString().includes('<Status>Enabled</Status>');
  if (bucket.locks && !on) throw refusal(409, 'InvalidBucketState', 'An Object Lock configuration is present.');
  bucket.versioned = on;
  return answer();
}
