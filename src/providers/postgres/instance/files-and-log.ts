import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLsn } from '../../../model/lsn.ts';
import type { LogRef } from '../../../model/repository.ts';
import { type LayRequest, layLog, layPieces } from './lay-log.ts';
import type { RestorePlan } from './restore-point.ts';
import { type UnpackRequest, unpackBackup } from './unpack.ts';

export interface WriteRequest extends Omit<UnpackRequest, 'manifest' | 'repository'> {
  readonly repository: UnpackRequest['repository'] & LayRequest['repository'];
  readonly plan: RestorePlan;
}

/** Writes the files of the backup and the log that follows it side by side. Not yet durable when it returns. */
export async function writeFilesAndLog({ plan, ...request }: WriteRequest): Promise<void> {
  const { pieces, histories, line } = plan;
  const { manifest, segmentBytes } = line;
  const log: LayRequest = { ...request, pieces, histories, segmentBytes };
  const later = pieces.filter((piece) => !overlapsBackup(piece, plan));
  const first = pieces.filter((piece) => overlapsBackup(piece, plan));
  await makeLogFolder(request);
  await together(request.signal, [
    (signal) => unpackBackup({ ...request, manifest, signal }),
    (signal) => layPieces({ ...log, signal }, later),
  ]);
  await layLog({ ...log, pieces: first });
}

/** The backup brings the segments along in which it was taken. What was streamed is laid over them, never the other way round. */
function overlapsBackup(piece: LogRef, { line }: RestorePlan): boolean {
  const size = BigInt(line.segmentBytes);
  const end = parseLsn(String(line.manifest.facts.endLsn));
  return piece.from < (end / size + 1n) * size;
}

async function makeLogFolder({ dataFolder, user }: Pick<WriteRequest, 'dataFolder' | 'user'>): Promise<void> {
  const folder = join(dataFolder, 'pg_wal');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if (user) await chown(folder, user.uid, user.gid);
}

type Work = (signal: AbortSignal) => Promise<void>;

/** Ends when all have ended: the first failure stops the others, and is the one that is told. */
async function together(signal: AbortSignal, works: readonly Work[]): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const watched = works.map((work) => work(either).catch((error: unknown) => stop.abort(error)));
  await Promise.all(watched);
  if (stop.signal.aborted) throw stop.signal.reason;
}
