/** The ways in which UTF-8 is most often read wrongly and then saved again. */
const WRONG_READINGS = ['macintosh', 'windows-1252'] as const;
export type WrongReading = (typeof WRONG_READINGS)[number];

/** Characters that together are the bytes of one character of UTF-8. */
export interface MisreadSequence {
  readonly at: number;
  readonly length: number;
  /** The character it once was. */
  readonly to: string;
}

export interface Misreading {
  readonly readAs: WrongReading;
  readonly sequences: readonly MisreadSequence[];
}

/**
 * What of a text is UTF-8 whose bytes were once read as Mac Roman or Windows-1252. The whole text decides which of the two it was; only
 * sequences count that were whole UTF-8 characters, so that correct text is none. Undefined when nothing is convincing.
 */
export function misreadingOf(text: string): Misreading | undefined {
  return WRONG_READINGS.map((readAs) => ({ readAs, sequences: sequencesIn(text, readAs) }))
    .filter(({ sequences }) => isConvincing(sequences))
    .sort((a, b) => weight(b.sequences) - weight(a.sequences))[0];
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

function sequencesIn(text: string, reading: WrongReading): readonly MisreadSequence[] {
  const table = BYTE_OF[reading];
  const found: MisreadSequence[] = [];
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
const isConvincing = (sequences: readonly MisreadSequence[]): boolean =>
  sequences.some(({ length }) => length > 2) || sequences.length > 1;

const weight = (sequences: readonly MisreadSequence[]): number =>
  sequences.reduce((sum, { length }) => sum + (length - 1) ** 2, 0);
