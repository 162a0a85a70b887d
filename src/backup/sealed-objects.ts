import type { ObjectRef, Store } from '../model/repository.ts';
import { unseal } from './crypt.ts';
import { damaged } from './errors.ts';
import { sha256Of, shortSum, sumInName } from './keys.ts';
import type { UnsealPool } from './unseal-pool.ts';

/** What every part of a repository works with. */
export interface Vault {
  readonly store: Store;
  /** Public halves of the keys that may open what is written from now on. Never empty. */
  readonly recipients: readonly string[];
  /** The private keys. Asked for at the first read only; throws KEY_MISSING when there are none. */
  identities(): readonly string[];
  /** Opens objects beside the main thread where there are many to be opened. */
  readonly pool: UnsealPool;
}

/** The plain bytes of an object of a backup: given out only after size, both checksums and the encryption's own proof agree. */
export async function openObject(vault: Vault, object: ObjectRef): Promise<Buffer> {
  const identities = vault.identities();
  const sealed = await vault.store.get(object.key);
  const fault = faultOf(sealed, object);
  if (sealed === undefined || fault !== undefined) throw damaged(object.key, fault ?? 'is missing');
  const plain = await unseal(sealed, identities, object);
  if (sha256Of(plain) !== object.plainSha256) throw damaged(object.key, 'does not hold what the manifest says');
  return plain;
}

/**
 * One of many objects, opened beside the main thread. The sum of its stored bytes and the encryption's own proof say that it
 * is the one that was written; what is in it is not summed once more where the reader has a sum for all of it.
 */
export async function openOneOfMany(vault: Vault, object: ObjectRef, provenByReader: boolean): Promise<Buffer> {
  const { key, bytes, sha256, plainBytes, plainSha256 } = object;
  const identities = vault.identities();
  const sealed = await vault.store.get(key);
  if (sealed?.length !== bytes) throw damaged(key, faultOf(sealed, object) ?? 'is missing');
  const expected = { key, sum: sha256, plainBytes, ...(provenByReader ? {} : { plainSum: plainSha256 }) };
  const plain = await vault.pool.open(sealed, identities, expected);
  return plain ?? openObject(vault, object);
}

/** What can be said against an object without a key, or undefined. */
export function faultOf(sealed: Buffer | undefined, object: ObjectRef): string | undefined {
  if (sealed === undefined) return 'is missing';
  if (sealed.length !== object.bytes) return `has ${sealed.length} bytes instead of ${object.bytes}`;
  if (sha256Of(sealed) !== object.sha256) return 'was altered: its checksum is not that of the manifest';
  return undefined;
}

/** The stored bytes of an object that no manifest speaks of, checked against the checksum in its own name. */
export async function getNamed(store: Store, key: string): Promise<Buffer> {
  const sealed = await store.get(key);
  if (sealed === undefined) throw damaged(key, 'is missing');
  if (shortSum(sha256Of(sealed)) !== sumInName(key)) {
    throw damaged(key, 'is cut short or altered: its checksum is not that in its name');
  }
  return sealed;
}

/** The plain bytes of an object that no manifest speaks of, known by the checksum in its own name. */
export async function openNamed(vault: Vault, key: string, plainBytes: number): Promise<Buffer> {
  const identities = vault.identities();
  const sum = sumInName(key);
  if (sum !== undefined && vault.pool.takes(plainBytes)) {
    const sealed = await vault.store.get(key);
    if (sealed === undefined) throw damaged(key, 'is missing');
    const plain = await vault.pool.open(sealed, identities, { key, sum, plainBytes });
    if (plain !== undefined) return plain;
  }
  return unseal(await getNamed(vault.store, key), identities, { key, plainBytes });
}
