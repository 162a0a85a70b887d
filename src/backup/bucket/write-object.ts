import { randomBytes } from 'node:crypto';
import { PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { KnownError } from '../../model/errors.ts';
import { objectExists } from '../errors.ts';
import { isTaken, mayHaveHappened } from './bucket-errors.ts';
import { type Bucket, limited } from './client.ts';
import { sendInParts } from './parts.ts';
import { headOf, MARK } from './read-object.ts';

/** One object to be written. */
export interface NewObject {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Replaced soon: not worth a lock. */
  readonly brief: boolean;
}

/** Smaller objects cost more in the cheaper classes than in the standard one. */
const WORTH_A_CLASS = 128 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How often a write is tried of which the store says that another one came between, and nothing is there. */
const CONFLICTS = 5;

/** Writes an object, whatever is there. */
export const replaceObject = (bucket: Bucket, object: NewObject): Promise<void> => send(bucket, object, newMark());

/**
 * Writes an object that may not be there yet. The library repeats a request whose answer was lost, and then meets its own object:
 * the mark in it tells it from somebody else's.
 */
export async function makeObject(bucket: Bucket, object: NewObject): Promise<void> {
  const mark = newMark();
  for (let tries = 1; ; tries++) {
    try {
      return await send(bucket, object, mark, { IfNoneMatch: '*' });
    } catch (error) {
      const taken = isTaken(error);
      if (!taken && !mayHaveHappened(error)) throw error;
      const there = await headOf(bucket, object.key);
      if (there?.mark === mark) return;
      if (!taken) throw error;
      if (there) throw objectExists(object.key, bucket.place);
      if (tries >= CONFLICTS) throw error;
    }
  }
}

/**
 * For stores that take no condition: looks before and after. Of several writers in this process one wins; of two machines that
 * write the same key at the same instant each may believe that it was the one.
 */
export async function makeObjectByLooking(bucket: Bucket, object: NewObject, claimed: Set<string>): Promise<void> {
  const { key } = object;
  if (claimed.has(key)) throw objectExists(key, bucket.place);
  claimed.add(key);
  try {
    if (await headOf(bucket, key)) throw objectExists(key, bucket.place);
    const mark = newMark();
    await send(bucket, object, mark);
    if ((await headOf(bucket, key))?.mark !== mark) throw objectExists(key, bucket.place);
  } finally {
    claimed.delete(key);
  }
}

/** An object of which a second write must be refused. Its name begins with a dot, so it is in no list. */
const PROBE = '.conditional-writes';

/** Throws unless the store refuses to write over an object when it is told not to. */
export async function requireConditions(bucket: Bucket): Promise<void> {
  for (let writes = 0; writes < 2; writes++) if (await refusesProbe(bucket)) return;
  throw new KnownError(
    'TARGET_FAILED',
    `${bucket.place} ignores If-None-Match: it would write over what is there, and two machines could not be told apart`,
    'Nothing was written. Use a store that knows conditional writes; or accept it, with one machine only: conditional_writes: false under repository in the plan (with --repository: &conditional_writes=false).',
  );
}

async function refusesProbe(bucket: Bucket): Promise<boolean> {
  try {
    const probe = { key: PROBE, bytes: Buffer.from('Lifeboat looks here whether this store knows If-None-Match.\n') };
    await send(bucket, { ...probe, brief: true }, newMark(), { IfNoneMatch: '*' });
    return false;
  } catch (error) {
    if (isTaken(error)) return true;
    throw error;
  }
}

const newMark = (): string => randomBytes(12).toString('hex');

async function send(
  bucket: Bucket,
  object: NewObject,
  mark: string,
  condition: { readonly IfNoneMatch?: string } = {},
): Promise<void> {
  const target = targetOf(bucket, object, mark);
  if (object.bytes.length > bucket.patience.partsAbove) return sendInParts(bucket, target, { object, condition });
  const request = { ...target, ...condition, Body: object.bytes, ChecksumAlgorithm: 'CRC32' } as const;
  await bucket.client.send(new PutObjectCommand(request), limited(bucket));
}

export type Target = Pick<PutObjectCommandInput, 'Bucket' | 'Key' | 'Metadata' | 'StorageClass' | 'SSEKMSKeyId'> &
  Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'ObjectLockMode' | 'ObjectLockRetainUntilDate'>;

function targetOf({ site, clock, name }: Bucket, { key, bytes, brief }: NewObject, mark: string): Target {
  const { storage_class: storageClass, encryption, object_lock: lock } = site;
  return {
    Bucket: site.bucket,
    Key: name(key),
    Metadata: { [MARK]: mark },
    ...(storageClass !== undefined && bytes.length >= WORTH_A_CLASS ? { StorageClass: storageClass } : {}),
    ...(encryption === undefined ? {} : { ServerSideEncryption: encryption.kind }),
    ...(encryption?.key === undefined ? {} : { SSEKMSKeyId: encryption.key }),
    ...(lock === undefined || brief
      ? {}
      : {
          ObjectLockMode: lock.mode === 'compliance' ? 'COMPLIANCE' : 'GOVERNANCE',
          ObjectLockRetainUntilDate: new Date(clock.now().getTime() + lock.days * DAY_MS),
        }),
  };
}
