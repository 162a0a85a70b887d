import type { Lines } from './lines.ts';

/** The ways in which UTF-8 is most often read wrongly and then saved again. */
const WRONG_READINGS = ['macintosh', 'windows-1252'] as const;
export type WrongReading = (typeof WRONG_READINGS)[number];

export interface Repair {
  readonly lines: Lines;
  readonly readAs: WrongReading;
  readonly from: string;
  readonly to: string;
}

export interface Repaired {
  readonly text: string;
  readonly repairs: readonly Repair[];
}

/**
 * Puts right text whose UTF-8 bytes were once read as Mac Roman or Windows-1252. The whole document decides which of the two it
 * was; then only sequences are changed that were whole UTF-8 characters, so that nothing is lost and correct text stays.
 */
export function repairText(text: string): Repaired {
  const [best] = WRONG_READINGS.map((reading) => ({ reading, sequences: sequencesIn(text, reading) }))
    .filter(({ sequences }) => isConvincing(sequences))
    .sort((a, b) => weight(b.sequences) - weight(a.sequences));
  if (!best) return { text, repairs: [] };
  return apply(text, best.reading, best.sequences);
}

interface Sequence {
  readonly at: number;
  readonly length: number;
  readonly to: string;
}

/** Byte of every character above ASCII, in each of the two character sets. */
const BYTE_OF: Record<WrongReading, ReadonlyMap<string, number>> = {
  macintosh: bytesOf('macintosh'),
  'windows-1252': bytesOf('windows-1252'),
};

function bytesOf(reading: WrongReading): ReadonlyMap<string, number> {
  const upper = Uint8Array.from({ length: 128 }, (_, index) => 128 + index);
  const table = new Map([...new TextDecoder(reading).decode(upper)].map((char, index) => [char, 128 + index]));
  if (reading === 'macintosh') table.set('\u2126', 0xbd).set('\u00a4', 0xdb);
  return table;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function sequencesIn(text: string, reading: WrongReading): readonly Sequence[] {
  const table = BYTE_OF[reading];
  const found: Sequence[] = [];
  for (let at = 0; at < text.length; at++) {
    const lead = text.charCodeAt(at) < 0x80 ? undefined : table.get(text[at] as string);
    const length = lead === undefined ? 0 : lengthByLead(lead);
    const to = length === 0 ? undefined : decodeAt(text, at, length, table);
    if (to === undefined) continue;
    found.push({ at, length, to });
    at += length - 1;
  }
  return found;
}

const lengthByLead = (lead: number): number =>
  lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead === 0xc2 || lead === 0xc3 ? 2 : 0;

/** The character whose UTF-8 bytes stand here; undefined when they are none, or a control character nobody wrote. */
function decodeAt(text: string, at: number, length: number, table: ReadonlyMap<string, number>): string | undefined {
  const bytes = [...text.slice(at, at + length)].map((char) => table.get(char));
  if (bytes.length !== length || bytes.includes(undefined)) return undefined;
  try {
    const char = strictUtf8.decode(Uint8Array.from(bytes as number[]));
    return char < '\u00a0' ? undefined : char;
  } catch {
    return undefined;
  }
}

/** Two letters can meet by chance in correct text, three that are one character of UTF-8 hardly ever do. */
const isConvincing = (sequences: readonly Sequence[]): boolean =>
  sequences.some(({ length }) => length > 2) || sequences.length > 1;

const weight = (sequences: readonly Sequence[]): number =>
  sequences.reduce((sum, { length }) => sum + (length - 1) ** 2, 0);

function apply(text: string, readAs: WrongReading, sequences: readonly Sequence[]): Repaired {
  const repairs: Repair[] = [];
  const pieces: string[] = [];
  let done = 0;
  let line = 1;
  for (const run of runsOf(sequences)) {
    const before = text.slice(done, run.at);
    line += before.split('\n').length - 1;
    const from = text.slice(run.at, run.end);
    repairs.push({ lines: { first: line, last: line }, readAs, from, to: run.to });
    pieces.push(before, run.to);
    done = run.end;
  }
  return { text: pieces.join('') + text.slice(done), repairs };
}

/** Sequences that touch are one repair: a tree drawn with lines is not forty. */
function runsOf(sequences: readonly Sequence[]): readonly { at: number; end: number; to: string }[] {
  const runs: { at: number; end: number; to: string }[] = [];
  for (const { at, length, to } of sequences) {
    const open = runs.at(-1);
    if (open?.end === at) {
      open.end += length;
      open.to += to;
    } else runs.push({ at, end: at + length, to });
  }
  return runs;
}
