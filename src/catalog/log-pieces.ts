import type { LogRef } from '../model/repository.ts';

/**
 * The smallest ordered set of stretches that covers the bytes from `from` on without a hole: up to `to`, or as far as it goes.
 * Empty when nothing stored holds the byte at `from`. Stretches may overlap or contain one another.
 */
export function logPieces(
  logs: readonly LogRef[],
  line: { readonly system: string; readonly timeline: number },
  from: bigint,
  to?: bigint,
): LogRef[] {
  const candidates = logs
    .filter((log) => log.system === line.system && log.timeline === line.timeline && log.to > from)
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const pieces: LogRef[] = [];
  let reached = from;
  let next = 0;
  while (to === undefined || reached < to) {
    let best: LogRef | undefined;
    for (; next < candidates.length; next++) {
      const candidate = candidates[next] as LogRef;
      if (candidate.from > reached) break;
      if (candidate.to > reached && isBetter(candidate, best)) best = candidate;
    }
    if (!best) return pieces;
    pieces.push(best);
    reached = best.to;
  }
  return pieces;
}

/** Reaching further is better; of equals the one stored last, which the others were replaced by. */
function isBetter(candidate: LogRef, best: LogRef | undefined): boolean {
  if (!best || candidate.to !== best.to) return !best || candidate.to > best.to;
  return (candidate.storedAt ?? '') > (best.storedAt ?? '');
}

/** Where the pieces end, or `from` when there are none. */
export const reachOf = (pieces: readonly LogRef[], from: bigint): bigint => pieces.at(-1)?.to ?? from;
