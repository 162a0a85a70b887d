import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { KnownError } from '../../model/errors.ts';
import { damaged } from '../errors.ts';
import { isKey } from '../keys.ts';
import { errorName, isMissing } from './bucket-errors.ts';
import { type Bucket, limited } from './client.ts';

/** How often an object is asked for again when its bytes stop coming. The library itself repeats only what was not answered at all. */
const BODY_TRIES = 4;
const FIRST_PAUSE_MS = 200;

/** The whole object, or undefined when there is none; never a part of it. */
export async function readObject(bucket: Bucket, key: string): Promise<Buffer | undefined> {
  for (let tries = 1; ; tries++) {
    const answer = await ask(bucket, key);
    if (answer === undefined) return undefined;
    try {
      const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      if (bytes.length === answer.ContentLength) return bytes;
      throw new Error(`${bytes.length} bytes came instead of ${answer.ContentLength}`);
    } catch (error) {
      if (tries >= BODY_TRIES) throw brokenOff(bucket, key, error);
      await bucket.clock.sleep(FIRST_PAUSE_MS * 2 ** tries);
    }
  }
}

async function ask(bucket: Bucket, key: string) {
  const request = { Bucket: bucket.site.bucket, Key: bucket.name(key), ChecksumMode: 'ENABLED' } as const;
  try {
    return await bucket.client.send(new GetObjectCommand(request), limited(bucket));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function brokenOff({ place }: Bucket, key: string, cause: unknown): KnownError {
  if (cause instanceof Error && CHECKSUM.test(cause.message))
    return damaged(key, 'arrives altered: its checksum is not the one the store keeps of it', cause);
  return new KnownError(
    'TARGET_UNREACHABLE',
    `${place} stops in the middle of ${key} (${errorName(cause)}), ${BODY_TRIES} times in a row`,
    'Nothing was taken from it. Check the network and run it again.',
    cause,
  );
}

/** The library has neither class nor code for it, and this test decides only between two errors, both of which refuse the object. */
const CHECKSUM = /checksum mismatch/i;

export interface ObjectHead {
  /** Mark of the one write that made it. */
  readonly mark: string | undefined;
  readonly storedAt: Date | undefined;
}

export async function headOf(bucket: Bucket, key: string): Promise<ObjectHead | undefined> {
  const request = { Bucket: bucket.site.bucket, Key: bucket.name(key) };
  try {
    const head = await bucket.client.send(new HeadObjectCommand(request), limited(bucket));
    return { mark: head.Metadata?.[MARK], storedAt: head.LastModified };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Metadata of each object: a random word that tells one write from another. */
export const MARK = 'lifeboat-write';

/** All keys with a prefix, page by page. What is not ours in the bucket is passed over. */
export async function listObjects(bucket: Bucket, prefix: string): Promise<readonly { key: string; bytes: number }[]> {
  const below = bucket.name('');
  const found: { key: string; bytes: number }[] = [];
  let token: string | undefined;
  do {
    const page = await pageOf(bucket, prefix, token);
    for (const { Key: name, Size: bytes } of page.Contents ?? []) {
      const key = decoded(name ?? '', page.EncodingType).slice(below.length);
      if (isKey(key) && bytes !== undefined) found.push({ key, bytes });
    }
    token = nextToken(page, bucket);
  } while (token !== undefined);
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Names are asked for in a form that any byte survives: others may keep in the bucket what XML cannot hold. */
const pageOf = (bucket: Bucket, prefix: string, token: string | undefined): Promise<ListObjectsV2CommandOutput> =>
  bucket.client.send(
    new ListObjectsV2Command({
      Bucket: bucket.site.bucket,
      Prefix: bucket.name(prefix),
      EncodingType: 'url',
      ...(token === undefined ? {} : { ContinuationToken: token }),
    }),
    limited(bucket),
  );

const decoded = (name: string, encoding: string | undefined): string =>
  encoding === 'url' ? decodeURIComponent(name.replaceAll('+', ' ')) : name;

/** A list that says it goes on, and not where, is not a whole list. */
function nextToken(page: ListObjectsV2CommandOutput, { place }: Bucket): string | undefined {
  if (page.IsTruncated !== true) return undefined;
  if (page.NextContinuationToken) return page.NextContinuationToken;
  throw new KnownError(
    'TARGET_FAILED',
    `${place} gives only part of a list and no way to the rest`,
    'The store does not keep to the S3 protocol (ListObjectsV2). Use another one.',
  );
}
