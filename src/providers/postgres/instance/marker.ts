import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { KnownError } from '../../../model/errors.ts';
import { writeDurably } from './durable.ts';

/**
 * What stands beside a data folder that Lifeboat fills: whose it is and how far it came. Written before the first file.
 *
 * restoring: files are being written; the rest of a killed restore may be cleared by the same key.
 * replaying: the files are whole and the server replays the log; going on is safe.
 * ready: restored and proven reachable, closed to everybody else. open: serving on its real address.
 */
const Marker = z.object({
  format: z.literal(1),
  /** Of the step that restores. */
  key: z.string(),
  state: z.enum(['restoring', 'replaying', 'ready', 'open']),
  component: z.string(),
  backup: z.string(),
  major: z.number(),
  system: z.string(),
  /** Timeline that is recovered along. */
  timeline: z.number(),
  /** Where the log that is replayed begins. */
  startLsn: z.string(),
  /** The position recovery stops before; absent when all log is replayed. */
  stopBefore: z.string().optional(),
  /** What was reached, as soon as it is known. */
  reachedLsn: z.string().optional(),
  newTimeline: z.number().optional(),
  lastCommitAt: z.string().nullable().optional(),
});
export type Marker = z.infer<typeof Marker>;

/** Undefined when there is none. A marker that cannot be read is nobody's: nothing is cleared on its word. */
export async function readMarker(path: string): Promise<Marker | undefined> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw unreadable(path, cause);
  });
  if (text === undefined) return undefined;
  try {
    return Marker.parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export const writeMarker = (path: string, marker: Marker): Promise<void> =>
  writeDurably(path, `${JSON.stringify(marker, null, 2)}\n`);

const unreadable = (path: string, cause: unknown): KnownError =>
  new KnownError(
    'TARGET_NOT_EMPTY',
    `${path} says whose the restored data beside it is, and cannot be read`,
    'Look at both. If nothing in them is needed, move them away and try again.',
    cause,
  );
