import { hash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { decryptBody } from './age-body.ts';

/** A sealed object whose header is opened already: a thread needs nothing but the key of this one object. */
export interface UnsealJob {
  readonly sealed: Uint8Array;
  readonly headerBytes: number;
  readonly fileKey: Uint8Array;
  /** Sha256 (hex) of the stored bytes, or its beginning. */
  readonly sum: string;
  readonly plainBytes: number;
  /** Sha256 (hex) of the plain bytes; absent where the reader proves them by sums of its own. */
  readonly plainSum?: string;
}

/** Why an object is not given out; `unsealFault` in `crypt.ts` says it in words. */
export type UnsealFault = 'sum' | 'body' | 'packing' | 'size' | 'content';

export type Unsealed = { readonly plain: Uint8Array } | { readonly fault: UnsealFault; readonly found?: number };

/** One buffer for the whole result: with the small default, joining the pieces takes half of the time. */
export const SPARE = 64 * 1024;

/** Decrypted bytes of the object before: memory that is taken anew for each object costs as much as decrypting does. */
let scratch: Buffer = Buffer.alloc(0);

/** Checks, decrypts, decompresses and checks again, all at once on this thread. */
export function unsealNow({ sealed, headerBytes, fileKey, sum, plainBytes, plainSum }: UnsealJob): Unsealed {
  if (!hash('sha256', sealed).startsWith(sum)) return { fault: 'sum' };
  const body = sealed.subarray(headerBytes);
  if (scratch.length < body.length) scratch = Buffer.allocUnsafeSlow(body.length);
  const packed = attempt(() => decryptBody(fileKey, body, scratch));
  if (packed === undefined) return { fault: 'body' };
  const limits = { chunkSize: plainBytes + SPARE, maxOutputLength: plainBytes + 1 };
  const plain = attempt(() => zstdDecompressSync(packed, limits));
  if (plain === undefined) return { fault: 'packing' };
  if (plain.length !== plainBytes) return { fault: 'size', found: plain.length };
  if (plainSum !== undefined && hash('sha256', plain) !== plainSum) return { fault: 'content' };
  return { plain };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
