import { availableParallelism } from 'node:os';
import { openThread, type Thread, ThreadLost } from '../lib/thread.ts';
import { openHeader, unsealFault } from './crypt.ts';
import { damaged } from './errors.ts';
import { sha256Of } from './keys.ts';
import type { Unsealed, UnsealJob } from './unseal-job.ts';

/** Threads that check, decrypt and decompress objects. They are started when there is much to open, and end when nobody asks any more. */
export interface UnsealPool {
  /** How many threads there may be. */
  readonly size: number;
  /** Whether so many more plain bytes are worth a thread. Small things are opened sooner than a thread starts. */
  takes(plainBytes: number): boolean;
  /** Takes the stored bytes over. Undefined when the thread was lost: then they must be fetched and opened without one. */
  open(sealed: Buffer, identities: readonly string[], expected: Expected): Promise<Buffer | undefined>;
}

export interface Expected {
  /** Name of the object, for messages. */
  readonly key: string;
  /** Sha256 (hex) of the stored bytes, or its beginning. */
  readonly sum: string;
  readonly plainBytes: number;
  readonly plainSum?: string;
}

const THREADS_FROM = 32 * 1024 * 1024;
/** One processor is left to those who use what is opened. */
const SIZE = Math.max(1, Math.min(4, availableParallelism() - 1));
const IDLE_MS = 2_000;

type Pool = { threads: Thread[]; asked: number; idle: NodeJS.Timeout | undefined };

/** Opening it starts nothing. */
export function openUnsealPool(threadsFrom = THREADS_FROM): UnsealPool {
  const pool: Pool = { threads: [], asked: 0, idle: undefined };
  return {
    size: SIZE,
    takes: (plainBytes) => {
      pool.asked += plainBytes;
      return pool.asked >= threadsFrom;
    },
    open: (sealed, identities, expected) => open(pool, sealed, { identities, expected }),
  };
}

type Opening = { readonly identities: readonly string[]; readonly expected: Expected };

async function open(pool: Pool, sealed: Buffer, { identities, expected }: Opening): Promise<Buffer | undefined> {
  const { key, plainBytes } = expected;
  const { fileKey, headerBytes } = await openHeader(sealed, identities, key).catch((error: unknown) => {
    // A damaged object is told from a wrong key by its sum.
    throw sha256Of(sealed).startsWith(expected.sum) ? error : damaged(key, 'was altered: its checksum is wrong', error);
  });
  const job: UnsealJob = { sealed, headerBytes, fileKey, ...expected };
  const unsealed = await callLeastBusy(pool, job, transferOf(sealed));
  if (unsealed === undefined) return undefined;
  const fault = unsealFault(unsealed, plainBytes);
  if (fault !== undefined || !('plain' in unsealed)) throw damaged(key, fault ?? 'cannot be opened');
  const { buffer, byteOffset, byteLength } = unsealed.plain;
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Small buffers share their memory with others, and cannot be given away. */
function transferOf({ buffer, byteLength }: Buffer): readonly ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

async function callLeastBusy(
  pool: Pool,
  job: UnsealJob,
  transfer: readonly ArrayBuffer[],
): Promise<Unsealed | undefined> {
  const thread = leastBusy(pool);
  try {
    return await thread.call<Unsealed>(job, transfer);
  } catch (error) {
    if (!(error instanceof ThreadLost)) throw error;
    pool.threads = pool.threads.filter((other) => other !== thread);
    return undefined;
  } finally {
    endWhenIdle(pool);
  }
}

function leastBusy(pool: Pool): Thread {
  const [first] = pool.threads.toSorted((a, b) => a.waiting - b.waiting);
  if (first && (first.waiting === 0 || pool.threads.length >= SIZE)) return first;
  const started = openThread('./unseal-thread', import.meta.url);
  pool.threads.push(started);
  return started;
}

/** A program that runs for weeks must not keep the memory of a restore it once did. */
function endWhenIdle(pool: Pool): void {
  clearTimeout(pool.idle);
  pool.idle = setTimeout(() => {
    if (pool.threads.some(({ waiting }) => waiting > 0)) return;
    for (const thread of pool.threads.splice(0)) void thread.close();
  }, IDLE_MS).unref();
}
