import type { Duration } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { formatLsn } from '../../../model/lsn.ts';
import { isSlotBusy, type Received, type ReceiveRequest, receiveWal } from './receive-wal.ts';
import { type Identity, openReplication } from './replication.ts';
import { logEnd } from './start-position.ts';

export type ArchiveRequest = Omit<ReceiveRequest, 'until' | 'missingSlot'> & {
  readonly position: bigint;
  readonly timeout: Duration;
};

/** How often the repository is looked at while another stream fills it. */
const LOOK_EVERY = 200;

/**
 * Makes sure the repository holds the log up to `position`: waits for the stream that runs, or receives it itself.
 * Never leaves a slot behind that was not there. Throws TIMED_OUT when it takes too long.
 */
export async function archiveUpTo(request: ArchiveRequest): Promise<Received> {
  const over = new AbortController();
  const timer = AbortSignal.any([over.signal, request.signal]);
  const late = request.clock.sleep(request.timeout, timer).then(
    () => over.abort(tooLate(request)),
    () => undefined,
  );
  try {
    return await untilThere({ ...request, signal: AbortSignal.any([over.signal, request.signal]) });
  } finally {
    over.abort();
    await late;
  }
}

async function untilThere(request: ArchiveRequest): Promise<Received> {
  const identity = await identityOf(request);
  for (;;) {
    const there = await reached(request, identity);
    if (there) return there;
    try {
      const received = await receiveWal({ ...request, until: request.position, missingSlot: 'without' });
      if (received.flushed >= request.position) return received;
    } catch (error) {
      if (!isSlotBusy(error)) throw error;
      await request.clock.sleep(LOOK_EVERY, request.signal);
    }
    request.signal.throwIfAborted();
  }
}

async function identityOf(request: ArchiveRequest): Promise<Identity> {
  const replication = await openReplication(request);
  try {
    return await replication.identify();
  } finally {
    await replication.close();
  }
}

async function reached({ repository, component, position }: ArchiveRequest, identity: Identity) {
  const { system, timeline } = identity;
  const logs = (await repository.logs(component)).filter((log) => log.system === system);
  const end = logEnd(logs, timeline);
  return end !== undefined && end >= position ? { flushed: end, system, timeline } : undefined;
}

const tooLate = ({ component, position, timeout }: ArchiveRequest) =>
  new KnownError(
    'TIMED_OUT',
    `${component}: the log up to ${formatLsn(position)} is not in the repository after ${timeout / 1000} s`,
    'Look whether the stream of this component still runs, and whether the server has written that far.',
  );
