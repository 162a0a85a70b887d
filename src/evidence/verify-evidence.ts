import { verify } from 'node:crypto';
import { NO_LINES, parseEvent, sha256Hex } from '../model/journal-chain.ts';
import type { JournalEvent } from '../model/run.ts';
import { applyEvent, foldRun, type RunState } from '../model/run-state.ts';
import { parseHeader, parseSeal, publicKeyFromHex, type Seal, sealText } from './format.ts';

/** What can be said of an evidence file. `line` counts from 1, as editors do. */
export type Verdict =
  | {
      readonly whole: true;
      readonly run: string;
      readonly exportedAt: string;
      readonly events: number;
      readonly head: string;
      /** The key that sealed it. Only who knows the right key can tell whether it is the right one. */
      readonly signedBy: string;
    }
  | { readonly whole: false; readonly line: number; readonly why: string };

type Broken = Extract<Verdict, { whole: false }>;

/**
 * Judges an evidence file by its bytes alone. With `trust`, evidence that somebody else sealed is refused, too.
 * It goes from the seal backwards: whatever a good line vouches for is good, so the first line that does not fit is the one to name.
 */
export function verifyEvidence(bytes: Uint8Array, trust?: { readonly publicKey: string }): Verdict {
  const lines = splitLines(Buffer.from(bytes));
  if (!Array.isArray(lines)) return lines;
  const last = lines.length;
  const sealed = parseSeal(String(lines[last - 1]));
  if (sealed === undefined) return broken(last, 'this is no seal: the end of the evidence was cut off or altered');
  const { seal, signature } = sealed;
  if (!isSigned(seal, signature)) return broken(last, 'the signature does not fit the seal: the seal was altered');
  if (trust !== undefined && trust.publicKey !== seal.publicKey)
    return broken(last, `this was sealed with the key ${seal.publicKey}, not with ${trust.publicKey}`);
  const header = parseHeader(String(lines[0]));
  if (header === undefined || sha256Hex(lines[0] as Buffer) !== seal.header)
    return broken(1, 'the header was altered or is missing');
  const events = readBackwards(lines.slice(1, -1), seal);
  if (!Array.isArray(events)) return events;
  return (
    whyNoRun(events, header.run) ?? {
      whole: true,
      ...header,
      events: events.length,
      head: seal.head,
      signedBy: seal.publicKey,
    }
  );
}

const broken = (line: number, why: string): Broken => ({ whole: false, line, why });

/** Bytes, not text: two files that read alike may still differ. */
function splitLines(bytes: Buffer): Buffer[] | Broken {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1) return broken(lines.length + 1, 'the last line does not end: the evidence was cut off or added to');
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines.length === 0 ? broken(1, 'the file is empty') : lines;
}

function isSigned(seal: Seal, signature: string): boolean {
  try {
    return verify(null, Buffer.from(sealText(seal)), publicKeyFromHex(seal.publicKey), Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}

/** The seal vouches for the last line, and each line for the one before it. */
function readBackwards(lines: readonly Buffer[], { events: count, head }: Seal): JournalEvent[] | Broken {
  const events: JournalEvent[] = [];
  let expected = { seq: count, hash: head };
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] as Buffer;
    const event = parseEvent(String(line));
    const lost = index + 1 < expected.seq;
    if (sha256Hex(line) !== expected.hash) return misfit(index + 2, event, expected.seq, lost);
    if (event === undefined) return broken(index + 2, 'this is not an event');
    if (event.seq !== expected.seq) return broken(index + 2, `event ${expected.seq} must stand here, not ${event.seq}`);
    events.push(event);
    expected = { seq: event.seq - 1, hash: event.prev };
  }
  if (expected.seq > 0) return broken(2, missing(expected.seq));
  return expected.hash === NO_LINES.hash ? events.reverse() : broken(2, 'the first event names a line before it');
}

/** A line that nobody vouches for: altered, or in a place where another one belongs. `lost` when there are too few lines. */
function misfit(line: number, event: JournalEvent | undefined, seq: number, lost: boolean): Broken {
  if (seq < 1) return broken(line, 'this line does not belong here');
  if (event === undefined || event.seq === seq) return broken(line, `event ${seq} was altered`);
  return lost && event.seq < seq
    ? broken(line + 1, missing(seq))
    : broken(line, `event ${seq} must stand here, not ${event.seq}`);
}

const missing = (seq: number): string => `event ${seq} is missing before this line`;

/** Whole lines that do not tell of one run are no evidence of one. */
function whyNoRun(events: readonly JournalEvent[], run: string): Broken | undefined {
  let state: RunState | undefined;
  for (const [index, event] of events.entries()) {
    const line = index + 2;
    if (event.run !== run) return broken(line, `this event belongs to ${event.run}, not to ${run}`);
    if (Number.isNaN(Date.parse(event.at))) return broken(line, 'this event has no time');
    if ((event.type === 'run.created') !== (index === 0)) return broken(line, 'a run begins with run.created, once');
    try {
      state = state === undefined ? foldRun([event]) : applyEvent(state, event);
    } catch {
      return broken(line, `nothing is known of an event ${event.type}`);
    }
    if (event.type === 'step.approved' && state.steps.get(event.step)?.approvals.at(-1)?.forged)
      return broken(line, `the signature of this approval is not that of ${event.by}`);
  }
  return undefined;
}
