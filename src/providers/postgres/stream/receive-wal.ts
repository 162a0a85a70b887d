import type { Clock } from '../../../lib/clock.ts';
import { type Duration, seconds } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import type { BackupRepository } from '../../../model/repository.ts';
import { pgErrorCode, translatePgError } from '../errors.ts';
import type { LogSink } from './log-sink.ts';
import { LogWriter } from './log-writer.ts';
import {
  ensureSlot,
  type Identity,
  openReplication,
  type Replication,
  type ServerFacts,
  type Slot,
  segmentStart,
  slotName,
} from './replication.ts';
import type { Spool } from './spool.ts';
import { SpoolWriter } from './spool-writer.ts';
import {
  chooseStart,
  chooseStartAfterLoss,
  logGap,
  readStartFacts,
  type StartFacts,
  type StreamStart,
  slotInvalidated,
} from './start-position.ts';
import { WalSession } from './wal-session.ts';

export interface WalProgress {
  /** Everything before this position is durable: in the repository, or in the spool when there is one. */
  readonly flushed: bigint;
  readonly serverPosition: bigint;
  readonly at: Date;
}

export interface ReceiveRequest {
  readonly connection: string;
  readonly repository: BackupRepository;
  readonly component: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Stop once this position is durable in the repository. Without it: when aborted. */
  readonly until?: bigint;
  /** How long new log may wait before it is stored. Default 1 s. */
  readonly flushEvery?: Duration;
  /** Store at once whatever arrives, so that the server may count this stream as a synchronous standby. */
  readonly synchronous?: boolean;
  /** Keep the log here first; somebody else brings it into the repository. */
  readonly spool?: Spool;
  /** Told of each server that grants a connection. */
  readonly onServer?: (server: ServerFacts) => void;
  /** Told that more is durable in the spool. */
  readonly onSpooled?: () => void;
  /** `make` the slot when it is missing (the default), or go `without` one then: a slot nobody streams from fills the server. */
  readonly missingSlot?: 'make' | 'without';
  readonly onProgress?: (progress: WalProgress) => void;
}

export interface Received {
  readonly flushed: bigint;
  readonly system: string;
  readonly timeline: number;
}

/**
 * Streams the server's write-ahead log into the repository, beginning where the repository's log ends, across timelines.
 * Acknowledges only what is durable there. Ends at `until` or when aborted; what has arrived is stored first.
 */
export async function receiveWal(request: ReceiveRequest): Promise<Received> {
  let used: Slot | undefined;
  try {
    return await attempt(request, (facts) => {
      used = facts.slot;
      return chooseStart(facts);
    });
  } catch (error) {
    const code = pgErrorCode(error);
    if (code !== SEGMENT_REMOVED && code !== SLOT_INVALIDATED) throw error;
    return attempt(request, (facts, what) => {
      if (code === SLOT_INVALIDATED && facts.slot && isSame(facts.slot, used))
        throw slotInvalidated(what, facts.slot.name, error);
      const later = chooseStartAfterLoss(facts);
      if (later) return later;
      throw logGap(what, chooseStart(facts), error);
    });
  }
}

/** True when the error says that another stream holds the slot. */
export const isSlotBusy = (error: unknown): boolean => pgErrorCode(error) === OBJECT_IN_USE;

const OBJECT_IN_USE = '55006';
/** SQLSTATEs of START_REPLICATION when the segment was removed, and when the slot was invalidated. */
const SEGMENT_REMOVED = '58P01';
const SLOT_INVALIDATED = '55000';

/** A slot whose log was removed has lost its place and was made anew by now; one that was only idle for too long keeps it. */
const isSame = (slot: Slot, used: Slot | undefined): boolean => slot.restart?.position === used?.restart?.position;

async function attempt(
  request: ReceiveRequest,
  choose: (facts: StartFacts, what: string) => StreamStart,
): Promise<Received> {
  const replication = await openReplication(request);
  try {
    request.onServer?.(replication.server);
    const identity = await replication.identify();
    const slot = await theSlot(request, replication);
    const facts = await readStartFacts({ ...request, replication, identity, slot });
    return await stream({ request, replication, identity, slot }, choose(facts, replication.what));
  } catch (error) {
    throw failureOf(error, replication.what, slotName(request.component));
  } finally {
    await replication.close();
  }
}

async function theSlot(request: ReceiveRequest, replication: Replication): Promise<Slot | undefined> {
  const name = slotName(request.component);
  if (request.missingSlot !== 'without') await ensureSlot(replication, name);
  const slot = await replication.readSlot(name);
  return slot?.restart && slot;
}

interface Streaming {
  readonly request: ReceiveRequest;
  readonly replication: Replication;
  readonly identity: Identity;
  readonly slot: Slot | undefined;
}

/** One timeline after the other, until the goal or the abort. */
async function stream(streaming: Streaming, start: StreamStart): Promise<Received> {
  const { request, replication, identity } = streaming;
  for (let at = start; ; ) {
    if (at.timeline > 1) await keepHistory(streaming, at.timeline);
    const writer = sinkOf(streaming, at);
    const reached = request.until !== undefined && at.durable >= request.until;
    const end = reached
      ? undefined
      : await session(streaming, at, writer)
          .run()
          .finally(() => writer.close());
    if (end?.why !== 'timeline-ended')
      return { flushed: writer.flushed, system: identity.system, timeline: at.timeline };
    const position = segmentStart(end.next.position, replication.server.segmentBytes);
    at = { timeline: end.next.timeline, position, durable: position };
  }
}

function sinkOf({ request, replication, identity }: Streaming, at: StreamStart): LogSink {
  const { repository, component, spool, synchronous = false, onSpooled = () => undefined } = request;
  const { segmentBytes } = replication.server;
  const line = { system: identity.system, timeline: at.timeline, segmentBytes };
  const from = { component, start: at.position, durable: at.durable };
  if (spool) return new SpoolWriter({ ...line, ...from, spool, synchronous, onFlushed: onSpooled });
  return new LogWriter({ ...line, ...from, repository });
}

function session({ request, replication, slot }: Streaming, at: StreamStart, writer: LogSink): WalSession {
  return new WalSession({
    wire: replication.wire,
    writer,
    start: at.position,
    timeline: at.timeline,
    slot: slot?.name,
    clock: request.clock,
    signal: request.signal,
    until: request.until,
    flushEvery: request.flushEvery ?? seconds(1),
    synchronous: request.synchronous ?? false,
    onProgress: request.onProgress ?? (() => undefined),
  });
}

/** A restore across timelines needs the history files; they are kept before the log that needs them. */
async function keepHistory({ request, replication, identity }: Streaming, timeline: number): Promise<void> {
  const { repository, component } = request;
  const kept = await repository.timelineHistories(component, identity.system);
  if (kept.has(timeline)) return;
  await repository.putTimelineHistory(
    component,
    identity.system,
    timeline,
    await replication.timelineHistory(timeline),
  );
}

function failureOf(error: unknown, what: string, slot: string): KnownError {
  if (!isSlotBusy(error)) return translatePgError(error, `${what}: streaming the log`);
  return new KnownError(
    'TARGET_FAILED',
    `${what}: another stream holds the slot ${slot}`,
    'Only one stream per component can run. Stop the other one, or let it do the work.',
    error,
  );
}
