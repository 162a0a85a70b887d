import type { Clock } from '../../../lib/clock.ts';
import { seconds } from '../../../lib/duration.ts';
import type { BackupRepository } from '../../../model/repository.ts';
import { translatePgError } from '../errors.ts';
import type { LogStretch } from '../wal/records.ts';
import { LogWriter } from './log-writer.ts';
import { openReplication, segmentStart } from './replication.ts';
import { WalSession } from './wal-session.ts';

export interface PeekRequest {
  readonly connection: string;
  readonly component: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeline: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** The server's own log from the segment of one position up to another. Nothing is stored, and no slot is used or moved. */
export async function peekWal(
  request: PeekRequest,
): Promise<{ stretches: readonly LogStretch[]; segmentBytes: number }> {
  const { component, clock, signal, timeline, from, to } = request;
  const replication = await openReplication(request);
  const stretches: LogStretch[] = [];
  try {
    const { segmentBytes } = replication.server;
    const start = segmentStart(from, segmentBytes);
    const writer = new LogWriter({
      repository: { putLog: async (log) => keep(stretches, log) },
      component,
      system: '',
      timeline,
      segmentBytes,
      start,
      durable: start,
    });
    const { wire } = replication;
    const pace = { flushEvery: seconds(1), synchronous: false, onProgress: () => undefined };
    await new WalSession({ wire, writer, start, timeline, slot: undefined, clock, signal, until: to, ...pace }).run();
    return { stretches, segmentBytes };
  } catch (error) {
    throw translatePgError(error, `${replication.what}: reading the log`);
  } finally {
    await replication.close();
  }
}

type NewLog = Parameters<BackupRepository['putLog']>[0];

/** The writer goes on filling the segment that the bytes are part of. */
function keep(stretches: LogStretch[], { from, bytes, ...line }: NewLog) {
  stretches.push({ start: from, bytes: Buffer.from(bytes) });
  const to = from + BigInt(bytes.length);
  return { ...line, key: '', from, to, storedBytes: 0 };
}
