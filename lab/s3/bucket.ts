import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Asked } from './asked.ts';
import { refusal } from './refusal.ts';

/** One version of an object, or the mark that it was deleted. */
export interface Version {
  readonly id: string;
  readonly deleted: boolean;
  readonly bytes: Buffer;
  readonly storedAt: Date;
  readonly etag: string;
  readonly crc32: string;
  /** What its writer said of it, as headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly lockedUntil?: Date;
  readonly lockMode?: string;
}

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly begunAt: Date;
  readonly said: Said;
  readonly parts: Map<number, { readonly bytes: Buffer; readonly etag: string; readonly crc32: string }>;
}

export interface Bucket {
  readonly name: string;
  readonly region: string;
  /** With object lock there are versions, for ever. */
  readonly locks: boolean;
  versioned: boolean;
  /** Versions of each key, the newest last. */
  readonly objects: Map<string, Version[]>;
  readonly uploads: Map<string, Upload>;
}

export interface NewBucket {
  readonly name: string;
  readonly region: string;
  readonly locks?: boolean;
  readonly versioned?: boolean;
}

export const newBucket = ({ name, region, locks = false, versioned = locks }: NewBucket): Bucket => ({
  name,
  region,
  locks,
  versioned,
  objects: new Map(),
  uploads: new Map(),
});

/** What the headers of a write say of the object to be. */
export interface Said {
  readonly headers: Readonly<Record<string, string>>;
  readonly lockedUntil?: Date;
  readonly lockMode?: string;
}

const CLASSES = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
];
const KEPT = /^x-amz-(meta-.+|storage-class|server-side-encryption.*|object-lock-.+)$/;

export function saidIn(asked: Asked, names: readonly string[], { locks }: Bucket, now: Date): Said {
  const headers = Object.fromEntries(
    names.filter((name) => KEPT.test(name)).map((name) => [name, asked.header(name) ?? '']),
  );
  if (!CLASSES.includes(headers['x-amz-storage-class'] ?? 'STANDARD'))
    throw refusal(400, 'InvalidStorageClass', 'There is no such storage class.');
  if (!['AES256', 'aws:kms', undefined].includes(headers['x-amz-server-side-encryption']))
    throw refusal(400, 'InvalidArgument', 'There is no such encryption.');
  const mode = headers['x-amz-object-lock-mode'];
  const until = headers['x-amz-object-lock-retain-until-date'];
  if (mode === undefined && until === undefined) return { headers };
  if (!locks) throw refusal(400, 'InvalidRequest', 'Bucket is missing Object Lock Configuration');
  if (mode === undefined || until === undefined || !['GOVERNANCE', 'COMPLIANCE'].includes(mode))
    throw refusal(400, 'InvalidArgument', 'A lock has a mode and an end.');
  if (Date.parse(until) <= now.getTime()) throw refusal(400, 'InvalidArgument', 'The lock must end in the future.');
  return { headers, lockMode: mode, lockedUntil: new Date(until) };
}

export function keepObject(
  bucket: Bucket,
  key: string,
  bytes: Buffer,
  more: Said & { now: Date; etag?: string; crc32?: string },
): Version {
  const { now, etag, crc32: sum, ...said } = more;
  const version: Version = {
    id: bucket.versioned ? randomBytes(12).toString('hex') : 'null',
    deleted: false,
    bytes,
    storedAt: now,
    etag: etag ?? `"${md5(bytes)}"`,
    crc32: sum ?? crc32Of(bytes),
    ...said,
  };
  keepVersion(bucket, key, version);
  return version;
}

function keepVersion(bucket: Bucket, key: string, version: Version): void {
  const before = bucket.versioned ? (bucket.objects.get(key) ?? []) : [];
  bucket.objects.set(key, [...before, version]);
}

/** Where there are versions, a deletion only hides: it adds a mark, and removes nothing. */
export function deleteObject(bucket: Bucket, key: string, now: Date): void {
  if (!bucket.versioned) return void bucket.objects.delete(key);
  const id = randomBytes(12).toString('hex');
  const none = Buffer.alloc(0);
  keepVersion(bucket, key, { id, deleted: true, bytes: none, storedAt: now, etag: '', crc32: '', headers: {} });
}

export function deleteVersion(bucket: Bucket, key: string, id: string, asked: Asked, now: Date): void {
  const versions = bucket.objects.get(key) ?? [];
  const found = versions.find((version) => version.id === id);
  const bypass = found?.lockMode === 'GOVERNANCE' && asked.header('x-amz-bypass-governance-retention') === 'true';
  if (found?.lockedUntil && found.lockedUntil > now && !bypass)
    throw refusal(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
  bucket.objects.set(
    key,
    versions.filter((version) => version !== found),
  );
}

/** What a reader without a version meets. */
export function currentOf({ objects }: Bucket, key: string): Version | undefined {
  const newest = objects.get(key)?.at(-1);
  return newest?.deleted ? undefined : newest;
}

export const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

export function crc32Of(bytes: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}

/** Refuses a body that is not the one its sums were made of. */
export function requireSums({ header, body }: Asked): void {
  const sums: readonly (readonly [string | undefined, () => string])[] = [
    [header('x-amz-checksum-crc32'), () => crc32Of(body)],
    [header('x-amz-checksum-sha256'), () => createHash('sha256').update(body).digest('base64')],
    [header('content-md5'), () => createHash('md5').update(body).digest('base64')],
  ];
  for (const [given, made] of sums)
    if (given !== undefined && given !== made())
      throw refusal(400, 'BadDigest', 'The checksum you specified did not match the calculated checksum.');
}
