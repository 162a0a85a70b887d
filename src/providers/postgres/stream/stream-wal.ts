import { type Duration, seconds } from '../../../lib/duration.ts';
import { isRetryable, KnownError } from '../../../model/errors.ts';
import { isSlotBusy, type ReceiveRequest, receiveWal, type WalProgress } from './receive-wal.ts';
import { openReplication, slotName } from './replication.ts';
import { openSpool, type SpoolPlace } from './spool.ts';
import { SpoolUpload } from './spool-upload.ts';

/**
 * What the stream does, for whoever watches. `cut` is passing: it begins again at `retryAt`. That another stream holds the
 * slot is told once; it is looked again and again until it has gone. With a spool, `stored` and `not-stored` say how it fares with
 * the repository meanwhile: `spooled` bytes are on this machine alone.
 */
export type StreamState =
  | { readonly state: 'connecting' }
  | ({ readonly state: 'streaming' } & WalProgress)
  | { readonly state: 'cut'; readonly error: KnownError; readonly retryAt: Date }
  | { readonly state: 'stored'; readonly stored: bigint; readonly at: Date }
  | { readonly state: 'not-stored'; readonly error: unknown; readonly spooled: number; readonly retryAt: Date };

export type StreamRequest = Omit<ReceiveRequest, 'until' | 'missingSlot' | 'onProgress' | 'spool' | 'onSpooled'> & {
  readonly spool?: SpoolPlace;
  readonly onState?: (state: StreamState) => void;
};

const FIRST_PAUSE: Duration = 250;
/** Short: what a server that is back writes before we are is not yet off its machine. */
const LONGEST_PAUSE: Duration = 2_000;
/** Nothing is lost while another stream takes the log, and each try is an error in the server's log. */
const LONGEST_PAUSE_BUSY: Duration = 5_000;
/** How long log may be in the spool alone, and how long it may be nowhere but in memory, while all is well. */
const UPLOAD_EVERY: Duration = seconds(1);
const SYNC_EVERY: Duration = 100;

/**
 * Streams the log until aborted, and connects again after every cut that may pass. Nothing is missing or doubled after a
 * cut. Throws what does not pass by itself: TARGET_DENIED, LOG_GAP, a damaged repository.
 */
export async function streamWal({ spool: place, ...request }: StreamRequest): Promise<void> {
  if (!place) return receiveAgainAndAgain(request);
  const { repository, component, clock, onState, flushEvery } = request;
  const spool = await openSpool(place, component);
  const upload = new SpoolUpload({
    spool,
    repository,
    component,
    clock,
    every: flushEvery ?? UPLOAD_EVERY,
    onStored: (progress) => onState?.({ state: 'stored', ...progress }),
    onFailed: (error, retryAt) => onState?.({ state: 'not-stored', error, spooled: spool.bytes, retryAt }),
  });
  upload.start();
  try {
    await receiveAgainAndAgain({
      ...request,
      flushEvery: SYNC_EVERY,
      spool,
      onSpooled: () => spool.files.length > 1 && upload.nudge(),
    });
  } catch (error) {
    if (spool.hasLetGo) await dropSlotOf(request);
    throw error;
  } finally {
    await upload.end();
  }
}

type Receiving = Omit<ReceiveRequest, 'until' | 'missingSlot' | 'onProgress'> & Pick<StreamRequest, 'onState'>;

async function receiveAgainAndAgain(request: Receiving): Promise<void> {
  const { signal, clock, onState } = request;
  let pause = FIRST_PAUSE;
  let saidBusy = false;
  while (!signal.aborted) {
    onState?.({ state: 'connecting' });
    try {
      await receiveWal({
        ...request,
        onProgress: (progress) => {
          pause = FIRST_PAUSE;
          saidBusy = false;
          onState?.({ state: 'streaming', ...progress });
        },
      });
    } catch (error) {
      if (signal.aborted && error === signal.reason) return;
      if (!(error instanceof KnownError) || !mayPass(error)) throw error;
      const busy = isSlotBusy(error);
      if (!busy || !saidBusy) onState?.({ state: 'cut', error, retryAt: new Date(clock.now().getTime() + pause) });
      saidBusy = busy;
      await clock.sleep(pause, signal).catch(() => undefined);
      pause = Math.min(pause * 2, busy ? LONGEST_PAUSE_BUSY : LONGEST_PAUSE);
    }
  }
}

/** A slot in use is freed when the server notices that the stream before us is gone. */
const mayPass = (error: KnownError): boolean => isRetryable(error) || error.code === 'DISK_FULL' || isSlotBusy(error);

/** From here on the server may remove its log. */
async function dropSlotOf({ connection, component }: Receiving): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  const replication = await openReplication({ connection, component, signal });
  try {
    await replication.dropSlot(slotName(component));
  } finally {
    await replication.close();
  }
}
