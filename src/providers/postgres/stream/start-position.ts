import { KnownError } from '../../../model/errors.ts';
import { parseLsn } from '../../../model/lsn.ts';
import type { BackupManifest, BackupRepository, LogRef } from '../../../model/repository.ts';
import { type Identity, place, type Replication, type Slot, segmentStart } from './replication.ts';
import type { Spool } from './spool.ts';
import { readHistory } from './timeline-history.ts';

export interface StreamStart {
  readonly timeline: number;
  /** Start of a segment: what is before `durable` arrives again, so that the segment can be stored whole. */
  readonly position: bigint;
  /** End of what the repository holds already. */
  readonly durable: bigint;
}

/** How far a stretch of log reaches. */
export type LogEnd = Pick<LogRef, 'timeline' | 'to'>;

export interface StartFacts {
  readonly identity: Identity;
  readonly segmentBytes: number;
  readonly logs: readonly LogEnd[];
  /** History of the server's timeline: where each of its ancestors ended. Empty for timeline 1. */
  readonly history: ReadonlyMap<number, bigint>;
  readonly backups: readonly BackupManifest[];
  readonly slot: Slot | undefined;
}

/**
 * Where a stream begins: at the end of the log that the repository holds, else at the newest base backup or what the slot
 * keeps, whichever is older, else at the server's position.
 */
export function chooseStart(facts: StartFacts): StreamStart {
  return afterStoredLog(facts) ?? withoutLog(facts);
}

/**
 * Where to begin when the server has removed the log that was due. Only a base backup taken later makes the hole harmless;
 * without one this is undefined, and nothing less than a new base backup helps.
 */
export function chooseStartAfterLoss(facts: StartFacts): StreamStart | undefined {
  const { identity, segmentBytes } = facts;
  const lost = afterStoredLog(facts);
  const base = newestBase(facts);
  const from = keptPlace(facts, lost) ?? (base && lost && base.position > lost.durable ? base : identity);
  const position = segmentStart(from.position, segmentBytes);
  const useful = base === undefined ? facts.logs.length === 0 : base.position >= position;
  return useful ? { timeline: from.timeline, position, durable: position } : undefined;
}

/**
 * What the slot keeps; nothing when that is the very log that is lost. What we told the server we have may reach it just before it
 * says that this is gone, and then the slot stands there (PhysicalConfirmReceivedLocation moves it back as well as forth).
 */
function keptPlace({ slot, segmentBytes }: StartFacts, lost: StreamStart | undefined): Slot['restart'] {
  const kept = slot?.restart;
  if (!kept || !lost) return kept;
  return kept.timeline === lost.timeline && segmentStart(kept.position, segmentBytes) <= lost.position
    ? undefined
    : kept;
}

export interface StartQuestion {
  readonly repository: BackupRepository;
  readonly component: string;
  readonly replication: Replication;
  readonly identity: Identity;
  readonly slot: Slot | undefined;
  readonly spool?: Spool;
}

/** Reads from the repository, the spool and the server what the choice needs. */
export async function readStartFacts(question: StartQuestion): Promise<StartFacts> {
  const { replication, identity, slot } = question;
  const history =
    identity.timeline === 1 ? new Map() : readHistory(await replication.timelineHistory(identity.timeline));
  return { identity, segmentBytes: replication.server.segmentBytes, history, slot, ...(await readKept(question)) };
}

type Kept = Pick<StartFacts, 'logs' | 'backups'>;

/** Log in the spool is on its way into the repository; where that cannot be reached now, the spool alone says where to go on. */
async function readKept({ repository, component, identity, spool }: StartQuestion): Promise<Kept> {
  const spooled = (spool?.files ?? []).filter(({ system, bytes }) => system === identity.system && bytes > 0);
  const here = spooled.map(({ timeline, start, bytes }) => ({ timeline, to: start + BigInt(bytes) }));
  try {
    const logs = (await repository.logs(component)).filter((log) => log.system === identity.system);
    const backups = (await repository.backups(component)).filter((backup) => backup.facts.system === identity.system);
    return { logs: [...logs, ...here], backups };
  } catch (error) {
    if (!here.some(({ timeline }) => timeline === identity.timeline)) throw error;
    return { logs: here, backups: [] };
  }
}

/** The newest timeline of the server's own past of which there is log; a fork that was abandoned is none of it. */
function afterStoredLog({ identity, logs, history, segmentBytes }: StartFacts): StreamStart | undefined {
  const lineage = [...history.keys(), identity.timeline].reverse();
  for (const timeline of lineage) {
    const end = logEnd(logs, timeline);
    if (end === undefined) continue;
    const branched = history.get(timeline);
    const durable = branched !== undefined && end > branched ? branched : end;
    return { timeline, position: segmentStart(durable, segmentBytes), durable };
  }
  return undefined;
}

function withoutLog(facts: StartFacts): StreamStart {
  const { identity, slot, segmentBytes } = facts;
  const base = newestBase(facts);
  const kept = slot?.restart;
  const oldest = base && (!kept || base.position < kept.position) ? base : (kept ?? identity);
  const position = segmentStart(oldest.position, segmentBytes);
  return { timeline: oldest.timeline, position, durable: position };
}

function newestBase({ backups }: StartFacts): { position: bigint; timeline: number } | undefined {
  const starts = backups
    .filter((backup) => backup.method === 'postgres.base_backup')
    .map((backup) => ({
      position: parseLsn(String(backup.facts.startLsn)),
      timeline: Number(backup.facts.timeline),
    }));
  return starts.sort((a, b) => (a.position < b.position ? -1 : 1)).at(-1);
}

/** End of the newest stored log of a timeline. */
export function logEnd(logs: readonly LogEnd[], timeline: number): bigint | undefined {
  const ends = logs.filter((log) => log.timeline === timeline).map((log) => log.to);
  return ends.reduce<bigint | undefined>((last, end) => (last === undefined || end > last ? end : last), undefined);
}

/** The server lets nobody stream from the slot any more, and will not give it back. */
export function slotInvalidated(what: string, slot: string, cause: unknown): KnownError {
  return new KnownError(
    'LOG_GAP',
    `${what}: the server has invalidated the slot ${slot}, which was not used for too long`,
    `Drop it by hand: SELECT pg_drop_replication_slot('${slot}'); then start the stream again, which makes it anew and says whether log is missing. See idle_replication_slot_timeout.`,
    cause,
  );
}

/** The log that is due exists nowhere any more. */
export function logGap(what: string, start: StreamStart, cause?: unknown): KnownError {
  return new KnownError(
    'LOG_GAP',
    `${what}: the server no longer has its log from ${place(start.durable, start.timeline)}`,
    'Take a base backup now; recovery points go on from there.',
    cause,
  );
}
