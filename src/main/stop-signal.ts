/** A terminal and a wrapper may both pass on one Ctrl-C; only a later one means "now". */
const ONE_PRESS_MS = 500;

/** Aborted by the first Ctrl-C, SIGTERM or SIGHUP, so that work can stop in order; a second one ends the process at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const stop = (): void => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      controller.abort(new Error('stopped by a signal'));
    } else if (now - first > ONE_PRESS_MS) process.exit(130);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  return controller.signal;
}
