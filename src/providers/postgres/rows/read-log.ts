import { KnownError } from '../../../model/errors.ts';
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

/** The log of a line from where its backup starts; up to a position, or as far as it goes. */
export function readLine(world: World, line: Line, to?: bigint): LogSource {
  const wanted = to === undefined ? line.pieces : line.pieces.filter((piece) => piece.from <= to);
  return logSource(world.repository, wanted);
}
