import type { Duration } from '../../../lib/duration.ts';
import { isRetryable, KnownError } from '../../../model/errors.ts';
import { isSlotBusy, type ReceiveRequest, receiveWal, type WalProgress } from './receive-wal.ts';

/** What the stream does, for whoever watches. `cut` is passing: it begins again at `retryAt`. */
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

/**
 * Streams the log until aborted, and connects again after every cut that may pass. Nothing is missing or doubled after a
 * cut. Throws what does not pass by itself: TARGET_DENIED, LOG_GAP, a damaged repository.
 */
export async function streamWal(request: StreamRequest): Promise<void> {
  const { signal, clock, onState } = request;
  for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    onState?.({ state: 'connecting' });
    try {
      await receiveWal({
        ...request,
        onProgress: (progress) => {
          pause = FIRST_PAUSE;
          onState?.({ state: 'streaming', ...progress });
        },
      });
    } catch (error) {
      if (signal.aborted && error === signal.reason) return;
      if (!(error instanceof KnownError) || !mayPass(error)) throw error;
      onState?.({ state: 'cut', error, retryAt: new Date(clock.now().getTime() + pause) });
      await clock.sleep(pause, signal).catch(() => undefined);
    }
  }
}

/** A slot in use is freed when the server notices that the stream before us is gone. */
const mayPass = (error: KnownError): boolean => isRetryable(error) || error.code === 'DISK_FULL' || isSlotBusy(error);
