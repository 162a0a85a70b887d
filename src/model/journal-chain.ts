import { createHash } from 'node:crypto';
import type { JournalEvent, RunEvent } from './run.ts';

/*
 * The lines of a journal. Each line is the JSON of one event and carries the sha256 of the exact bytes of the line before,
 * without the newline. The journal writes and reads them, evidence carries them on unchanged.
 */

/** sha256 in hex, lower case. Text is hashed as UTF-8. */
export const sha256Hex = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The newest line of a run: its number and the hash of its bytes. */
export type ChainHead = { readonly seq: number; readonly hash: string };

/** The head of a run without a line: the first line carries the hash of nothing. */
export const NO_LINES: ChainHead = { seq: 0, hash: sha256Hex('') };

export interface ChainLine {
  readonly event: JournalEvent;
  readonly line: string;
  readonly hash: string;
}

/** The lines that events become when they follow a head. */
export function chainLines(
  head: ChainHead,
  stamp: { readonly run: string; readonly at: string; readonly by: string },
  events: readonly RunEvent[],
): readonly ChainLine[] {
  const lines: ChainLine[] = [];
  for (const event of events) {
    const last = lines.at(-1);
    lines.push(chainLine({ ...stamp, seq: head.seq + lines.length + 1, prev: last?.hash ?? head.hash }, event));
  }
  return lines;
}

type Envelope = Pick<JournalEvent, 'run' | 'seq' | 'at' | 'by' | 'prev'>;

/** The envelope stands first for whoever reads the line, and again last so that no field of an event can take its place. */
function chainLine({ run, seq, at, by, prev }: Envelope, event: RunEvent): ChainLine {
  const envelope = { run, seq, at, by, prev };
  const line = JSON.stringify({ ...envelope, ...event, ...envelope });
  return { event: JSON.parse(line), line, hash: sha256Hex(line) };
}

/** What reading a chain comes to: its events and new head, or the number of the first event that does not fit. */
export type ChainReading =
  | { readonly whole: true; readonly events: readonly JournalEvent[]; readonly head: ChainHead }
  | { readonly whole: false; readonly seq: number; readonly why: string };

/** Reads lines that must follow a head. */
export function readChain(run: string, lines: readonly string[], after: ChainHead = NO_LINES): ChainReading {
  const events: JournalEvent[] = [];
  let head = after;
  for (const line of lines) {
    const event = parseEvent(line);
    const why = event === undefined ? 'is not an event' : whyNotNext(event, run, head);
    if (event === undefined || why !== undefined) return { whole: false, seq: head.seq + 1, why: why ?? '' };
    events.push(event);
    head = { seq: event.seq, hash: sha256Hex(line) };
  }
  return { whole: true, events, head };
}

/** An event, or undefined when the text is not one. Only the envelope and the type are looked at. */
export function parseEvent(line: string): JournalEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is JournalEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { run, seq, at, by, prev, type } = value as Record<string, unknown>;
  return Number.isSafeInteger(seq) && [run, at, by, prev, type].every((field) => typeof field === 'string');
}

function whyNotNext(event: JournalEvent, run: string, head: ChainHead): string | undefined {
  if (event.run !== run) return `belongs to ${event.run}`;
  if (event.seq !== head.seq + 1) return `carries the number ${event.seq}`;
  if (event.prev !== head.hash) return 'does not follow from the line before it';
  return undefined;
}
