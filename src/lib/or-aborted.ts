/** Ends with what is waited for, or with the reason of the signal as soon as that is aborted: nobody waits for what may never come. */
export async function orAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, fail) => {
    stop = () => fail(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([waited, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
