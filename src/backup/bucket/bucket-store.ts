import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../../model/repository.ts';
import type { BucketSite } from '../../model/repository-site.ts';
import { assertKey } from '../keys.ts';
import { type Bucket, connect, explained, limited, PATIENCE, type Patience } from './client.ts';
import { abortAbandoned } from './parts.ts';
import { headOf, listObjects, readObject } from './read-object.ts';
import { makeObject, makeObjectByLooking, type NewObject, replaceObject, requireConditions } from './write-object.ts';

/** A bucket of S3, or of a store that speaks its protocol. Credentials are found as the AWS tools find them. */
export function openBucketStore(
  site: BucketSite,
  settings: { readonly clock: Clock; readonly patience?: Partial<Patience> },
): Store {
  const bucket = connect(site, settings.clock, { ...PATIENCE, ...settings.patience });
  const make = maker(bucket);
  const tidied = once(() => abortAbandoned(bucket));
  return {
    place: bucket.place,
    async put(key, bytes, { replace = false, brief = false } = {}) {
      assertKey(key);
      const object: NewObject = { key, bytes, brief };
      const write = async () => {
        if (bytes.length > bucket.patience.partsAbove) await tidied();
        await (replace ? replaceObject(bucket, object) : make(object));
      };
      await write().catch(explained(bucket, `write ${key}`));
    },
    async get(key) {
      assertKey(key);
      return readObject(bucket, key).catch(explained(bucket, `read ${key}`));
    },
    async list(prefix) {
      const above = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      if (above !== '') assertKey(above.slice(0, -1));
      return listObjects(bucket, prefix).catch(explained(bucket, `list ${prefix || 'objects'}`));
    },
    async remove(key) {
      assertKey(key);
      await removeObject(bucket, key).catch(explained(bucket, `remove ${key}`));
    },
    async storedAt(key) {
      assertKey(key);
      const head = await headOf(bucket, key).catch(explained(bucket, `look at ${key}`));
      return head?.storedAt;
    },
  };
}

/** How an object is written that may not be there yet. Whether the store can refuse one that is, is tried once. */
function maker(bucket: Bucket): (object: NewObject) => Promise<void> {
  if (bucket.site.conditional_writes === false) {
    const claimed = new Set<string>();
    return (object) => makeObjectByLooking(bucket, object, claimed);
  }
  const required = once(() => requireConditions(bucket));
  return async (object) => {
    await required();
    await makeObject(bucket, object);
  };
}

/** In a bucket with versions, as one with object lock, this only hides the object: its lock is never broken. */
async function removeObject(bucket: Bucket, key: string): Promise<void> {
  const request = { Bucket: bucket.site.bucket, Key: bucket.name(key) };
  await bucket.client.send(new DeleteObjectCommand(request), limited(bucket));
}

/** Until it has succeeded. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
