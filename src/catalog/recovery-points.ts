import { KnownError } from '../model/errors.ts';
import { formatLsn, parseLsn } from '../model/lsn.ts';
import type { RecoveryPoint } from '../model/recovery-point.ts';
import type { BackupManifest, LogRef, VerificationRecord } from '../model/repository.ts';
import { type LogPath, logPaths } from './log-path.ts';
import { branchesOf, type TimelineHistory } from './timelines.ts';
import { verifiedState } from './verified.ts';

/** All that a repository says about the past. */
export interface Catalogued {
  readonly manifests: readonly BackupManifest[];
  readonly logs: readonly LogRef[];
  readonly histories: readonly TimelineHistory[];
  readonly verifications: readonly VerificationRecord[];
}

/** Every moment, or span of moments, one can return to; the newest reachable moment first. */
export function recoveryPoints(stored: Catalogued): readonly RecoveryPoint[] {
  return stored.manifests.flatMap((manifest) => pointsOf(manifest, stored)).sort(newestFirst);
}

/** By the end of the span, then the newest backup, then the newest timeline. */
function newestFirst(a: RecoveryPoint, b: RecoveryPoint): number {
  const byTime = Date.parse(b.to) - Date.parse(a.to) || Date.parse(b.from) - Date.parse(a.from);
  return byTime || (b.log?.timeline ?? 0) - (a.log?.timeline ?? 0) || (a.id < b.id ? -1 : 1);
}

function pointsOf(manifest: BackupManifest, stored: Catalogued): RecoveryPoint[] {
  switch (manifest.method) {
    case 'postgres.dump':
      return [{ ...singleMoment(manifest, stored), method: 'postgres.dump' }];
    case 'postgres.base_backup':
      return basePoints(manifest, stored);
    // Single rows that were saved: data to put back, not a state to return to.
    case 'postgres.salvage':
      return [];
  }
}

function basePoints(manifest: BackupManifest, stored: Catalogued): RecoveryPoint[] {
  const base = baseFacts(manifest);
  const of = { component: manifest.component, system: base.system };
  const logs = stored.logs.filter((log) => log.component === of.component && log.system === of.system);
  const search = { logs, system: base.system, branches: branchesOf(stored.histories, of) };
  const paths = logPaths(search, { timeline: base.timeline, from: base.startLsn });
  return paths.map((path) => basePoint(manifest, stored, { base, path }));
}

function basePoint(
  manifest: BackupManifest,
  stored: Catalogued,
  { base, path }: { base: BaseFacts; path: LogPath },
): RecoveryPoint {
  const alone = singleMoment(manifest, stored);
  const gap = path.gap === undefined ? {} : { gap: path.gap };
  const { system } = base;
  const endLsn = formatLsn(base.endLsn);
  if (path.to <= base.endLsn) {
    const log = { system, timeline: base.timeline, from: endLsn, to: endLsn };
    return { ...alone, method: 'postgres.base_backup', log, ...gap };
  }
  return {
    ...alone,
    id: `${manifest.id}@${path.timeline}`,
    method: 'postgres.base_backup+wal',
    to: later(alone.from, path.pieces.at(-1)?.storedAt),
    log: { system, timeline: path.timeline, from: endLsn, to: formatLsn(path.to) },
    bytes: alone.bytes + path.pieces.reduce((sum, piece) => sum + piece.storedBytes, 0),
    ...gap,
  };
}

const later = (a: string, b: string | undefined): string => (b !== undefined && Date.parse(b) > Date.parse(a) ? b : a);

function singleMoment(manifest: BackupManifest, stored: Catalogued) {
  return {
    id: manifest.id,
    component: manifest.component,
    backup: manifest.id,
    from: manifest.finishedAt,
    to: manifest.finishedAt,
    bytes: manifest.parts.flatMap((part) => part.objects).reduce((sum, object) => sum + object.bytes, 0),
    verified: verifiedState(manifest, stored.verifications),
  };
}

/** What a base backup says of the log it needs. */
export interface BaseFacts {
  readonly system: string;
  readonly timeline: number;
  /** Replay begins here; log is needed from here on. */
  readonly startLsn: bigint;
  /** The first position at which the restored data is consistent. */
  readonly endLsn: bigint;
}

/** The facts of a base backup. Throws OBJECT_DAMAGED when they are not there. */
export function baseFacts(manifest: BackupManifest): BaseFacts {
  const { system, timeline, startLsn, endLsn } = manifest.facts;
  try {
    if (typeof system !== 'string' || typeof timeline !== 'number') throw new TypeError('no system or timeline');
    return { system, timeline, startLsn: parseLsn(String(startLsn)), endLsn: parseLsn(String(endLsn)) };
  } catch (cause) {
    throw new KnownError(
      'OBJECT_DAMAGED',
      `the manifest of backup ${manifest.id} does not say which log it needs`,
      'Restore from another backup.',
      cause,
    );
  }
}
