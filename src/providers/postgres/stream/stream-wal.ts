import type { Duration } from '../../../lib/duration.ts';
import { isRetryable, KnownError } from '../../../model/errors.ts';
import { isSlotBusy, type ReceiveRequest, receiveWal, type WalProgress } from './receive-wal.ts';

/**
 * What the stream does, for whoever watches. `cut` is passing: it begins again at `retryAt`. That another stream holds the
 * slot is told once; it is looked again and again until it has gone.
 */
export type StreamState =
  | { readonly state: 'connecting' }
  | ({ readonly state: 'streaming' } & WalProgress)
  | { readonly state: 'cut'; readonly error: KnownError; readonly retryAt: Date };

export type StreamRequest = Omit<ReceiveRequest, 'until' | 'missingSlot' | 'onProgress'> & {
  readonly onState?: (state: StreamState) => void;
};

const FIRST_PAUSE: Duration = 250;
/** Short: what a server that is back writes before we are is not yet off its machine. */
const LONGEST_PAUSE: Duration = 2_000;
/** Nothing is lost while another stream takes the log, and each try is an error in the server's log. */
const LONGEST_PAUSE_BUSY: Duration = 5_000;

/**
 * Streams the log until aborted, and connects again after every cut that may pass. Nothing is missing or doubled after a
 * cut. Throws what does not pass by itself: TARGET_DENIED, LOG_GAP, a damaged repository.
 */
export async function streamWal(request: StreamRequest): Promise<void> {
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
