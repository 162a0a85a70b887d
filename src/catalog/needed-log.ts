import type { BackupManifest, LogRef } from '../model/repository.ts';
import { baseFacts, type Catalogued } from './recovery-points.ts';
import { type Branches, branchesOf } from './timelines.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** The largest segment PostgreSQL can be built with, where a backup does not say its own. */
const LARGEST_SEGMENT = 1024 ** 3;

export interface LogRequest {
  readonly stored: Catalogued;
  readonly now: Date;
  readonly lockDays?: number | undefined;
  readonly underWaySince?: Date | undefined;
}

/**
 * Log that none of these backups needs, by position. A backup needs all log from its segment on, on its timeline and on every one
 * that branched off after it: so no hole is ever made. What is young may be needed by a backup that is under way, and stays.
 */
export function unneededLog(kept: readonly BackupManifest[], request: LogRequest): readonly LogRef[] {
  const bases = kept.filter(({ method }) => method === 'postgres.base_backup');
  if (bases.length === 0) return [];
  const before = cutoff(bases, request);
  const needed = neededFrom(bases, request.stored);
  return request.stored.logs.filter((log) => {
    const from = needed.get(lineOf(log));
    const unneeded = from === undefined || log.to <= from;
    return unneeded && log.storedAt !== undefined && Date.parse(log.storedAt) < before;
  });
}

/** Older than every backup that stays, than one that is not finished, than a day, and than any lock. */
function cutoff(bases: readonly BackupManifest[], { now, lockDays, underWaySince }: LogRequest): number {
  const days = Math.max(1, lockDays ?? 0);
  const begun = bases.map(({ startedAt }) => Date.parse(startedAt));
  return Math.min(...begun, now.getTime() - days * DAY_MS, underWaySince?.getTime() ?? Number.POSITIVE_INFINITY);
}

const lineOf = ({ system, timeline }: Pick<LogRef, 'system' | 'timeline'>): string => `${system}/${timeline}`;

/** From which position on each timeline is needed; one that nobody needs is not in it. */
function neededFrom(bases: readonly BackupManifest[], stored: Catalogued): ReadonlyMap<string, bigint> {
  const needed = new Map<string, bigint>();
  for (const manifest of bases) {
    const { system, timeline, startLsn } = baseFacts(manifest);
    const branches = branchesOf(stored.histories, { component: manifest.component, system });
    const { segmentBytes } = manifest.facts;
    const segment = BigInt(typeof segmentBytes === 'number' ? segmentBytes : LARGEST_SEGMENT);
    follow({ system, branches, segment, needed }, timeline, startLsn);
  }
  return needed;
}

interface Following {
  readonly system: string;
  readonly branches: Branches;
  readonly segment: bigint;
  readonly needed: Map<string, bigint>;
}

/** A server reads a segment from its first page on. */
function follow(following: Following, timeline: number, position: bigint): void {
  const { system, branches, segment, needed } = following;
  const line = lineOf({ system, timeline });
  const from = (position / segment) * segment;
  const known = needed.get(line);
  if (known !== undefined && known <= from) return;
  needed.set(line, from);
  for (const [child, branch] of branches)
    if (branch.parent === timeline && branch.at >= from) follow(following, child, branch.at);
}
