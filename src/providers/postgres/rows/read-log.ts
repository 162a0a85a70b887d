import { KnownError } from '../../../model/errors.ts';
import { parseLsn } from '../../../model/lsn.ts';
import type { RecoveryPoint } from '../../../model/recovery-point.ts';
import type { BackupManifest, LogRef } from '../../../model/repository.ts';
import { logSource } from '../wal/source.ts';
import type { LogSource } from '../wal/transactions.ts';
import type { World } from '../world.ts';

/** A base backup and the log that follows it. */
export interface Line {
  readonly point: RecoveryPoint;
  readonly manifest: BackupManifest;
  readonly pieces: readonly LogRef[];
  readonly segmentBytes: number;
}

const DEFAULT_SEGMENT = 16 * 1024 * 1024;

export async function lineOf(world: World, point: RecoveryPoint): Promise<Line> {
  const manifests = await world.repository.backups(point.component);
  const manifest = manifests.find(({ id }) => id === point.backup);
  if (manifest === undefined)
    throw new KnownError('POINT_NOT_FOUND', `the backup ${point.backup} is gone`, 'See what there is: lifeboat points');
  const pieces = await world.catalog.logOf(point);
  const segmentBytes = Number(manifest.facts.segmentBytes ?? DEFAULT_SEGMENT);
  return { point, manifest, pieces, segmentBytes };
}

/** Points that log can be replayed from: physical ones. */
export async function physicalPoints(world: World, component: string): Promise<readonly RecoveryPoint[]> {
  const points = await world.catalog.points(component);
  return points.filter((point) => point.method !== 'postgres.dump');
}

/** The first position at which what is restored from the backup is consistent: to none before it can one return with it. */
export const consistentFrom = (line: Line): bigint => parseLsn(String(line.manifest.facts.endLsn));

/** The same log from older base backups, newest first: it may have the beginning of what one after them has only the end of. */
export function olderPoints(
  points: readonly RecoveryPoint[],
  { from, log }: RecoveryPoint,
  reach: bigint,
): readonly RecoveryPoint[] {
  return points
    .filter((other) => Date.parse(other.from) < Date.parse(from))
    .filter((other) => other.log?.system === log?.system && other.log?.timeline === log?.timeline)
    .filter((other) => other.log !== undefined && parseLsn(other.log.to) >= reach)
    .sort((a, b) => Date.parse(b.from) - Date.parse(a.from));
}

/** The log of a line from where its backup starts; up to the record at a position, or as far as it goes. */
export function readLine(world: World, line: Line, to?: bigint): LogSource {
  // The record at the position may go on in the next piece.
  const enough = to === undefined ? undefined : to + BigInt(line.segmentBytes);
  const wanted = enough === undefined ? line.pieces : line.pieces.filter((piece) => piece.from <= enough);
  return logSource(world.repository, wanted);
}
