import { chown, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orAborted } from '../../../lib/or-aborted.ts';
import { KnownError } from '../../../model/errors.ts';
import { formatLsn } from '../../../model/lsn.ts';
import type { BackupRepository, LogRef } from '../../../model/repository.ts';
import type { ServerUser } from './as-user.ts';

export interface LayRequest {
  readonly repository: Pick<BackupRepository, 'readLog'>;
  readonly pieces: readonly LogRef[];
  readonly histories: ReadonlyMap<number, string>;
  readonly dataFolder: string;
  readonly segmentBytes: number;
  readonly user?: ServerUser | undefined;
  readonly signal: AbortSignal;
}

/** Writes stored log into `pg_wal` as segment files. Copied, never linked: a server recycles its segments by overwriting them. */
export async function layLog(request: LayRequest): Promise<void> {
  await layPieces(request, request.pieces);
  await layHistories(request);
}

/** One after the other: each takes as much memory as a segment, and beside the files there is enough to do. */
export async function layPieces(request: LayRequest, pieces: readonly LogRef[]): Promise<void> {
  for (const piece of pieces) {
    request.signal.throwIfAborted();
    const bytes = await orAborted(request.repository.readLog(piece), request.signal);
    await layPiece(request, piece, bytes);
    free(bytes);
  }
}

/** Given back at once, and not when memory happens to be looked through. Small buffers share their memory with others. */
function free({ buffer, byteLength }: Buffer): void {
  if (byteLength > SHARED && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

const SHARED = 64 * 1024;

async function layHistories(request: LayRequest): Promise<void> {
  for (const [timeline, text] of request.histories) {
    const path = join(request.dataFolder, 'pg_wal', `${hex(timeline)}.history`);
    await writeFile(path, text, { mode: 0o600 });
    await own(request, path);
  }
}

async function layPiece(request: LayRequest, piece: LogRef, bytes: Buffer): Promise<void> {
  if (BigInt(bytes.length) !== piece.to - piece.from)
    throw new KnownError(
      'OBJECT_DAMAGED',
      `the log ${piece.key} holds ${bytes.length} bytes, and its name promises ${formatLsn(piece.from)} to ${formatLsn(piece.to)}`,
      'Restore to a moment before it: lifeboat points',
    );
  const size = BigInt(request.segmentBytes);
  for (let at = piece.from; at < piece.to; ) {
    const segment = at / size;
    const end = (segment + 1n) * size < piece.to ? (segment + 1n) * size : piece.to;
    const part = bytes.subarray(Number(at - piece.from), Number(end - piece.from));
    await writeAt(
      request,
      segmentName(piece.timeline, segment, request.segmentBytes),
      Number(at - segment * size),
      part,
    );
    at = end;
  }
}

/** A segment that is not whole is filled up with zeros: there the log ends for the server. */
async function writeAt(request: LayRequest, name: string, offset: number, bytes: Buffer): Promise<void> {
  const path = join(request.dataFolder, 'pg_wal', name);
  const file = await open(path, 'r+').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return open(path, 'wx+', 0o600);
    throw cause;
  });
  try {
    if ((await file.stat()).size !== request.segmentBytes) await file.truncate(request.segmentBytes);
    if (request.user) await file.chown(request.user.uid, request.user.gid);
    // A disk that is nearly full takes less than it was given, and says so only at the next try.
    for (let at = 0; at < bytes.length; )
      at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
  } finally {
    await file.close();
  }
}

/** The name PostgreSQL gives a segment: timeline, then the number of the segment in two halves. */
export function segmentName(timeline: number, segment: bigint, segmentBytes: number): string {
  const perHalf = 0x1_0000_0000n / BigInt(segmentBytes);
  return hex(timeline) + hex(segment / perHalf) + hex(segment % perHalf);
}

const hex = (number: number | bigint): string => number.toString(16).toUpperCase().padStart(8, '0');

async function own({ user }: LayRequest, path: string): Promise<void> {
  if (user === undefined) return;
  await chown(path, user.uid, user.gid);
}
