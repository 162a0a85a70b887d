import { readPart } from './attempt-files.ts';

/** A flood is not printed: what is further behind than this is passed over, and said to be. */
const MOST_AT_ONCE = 128 * 1024;
const LONGEST_LINE = 2000;

/** Reads a text file that is still being written, line by line. */
export interface NewLines {
  /** What has been added since the last look, as whole lines. */
  read(): readonly string[];
  /** The same, and what is left without a line end. */
  rest(): readonly string[];
}

export function newLines(file: string): NewLines {
  let offset = 0;
  let held: Buffer = Buffer.alloc(0);
  const read = (): readonly string[] => {
    const part = readPart(file, (size) => [Math.max(offset, size - MOST_AT_ONCE), MOST_AT_ONCE]);
    if (part === undefined || part.bytes.length === 0) return [];
    const passed = part.from - offset;
    offset = part.from + part.bytes.length;
    const bytes = passed > 0 ? part.bytes : Buffer.concat([held, part.bytes]);
    const end = bytes.lastIndexOf('\n') + 1;
    held = bytes.subarray(end);
    if (held.length > LONGEST_LINE * 4) held = held.subarray(0, LONGEST_LINE * 4);
    const lines = linesIn(bytes.subarray(0, end));
    return passed > 0 ? [`… ${passed} bytes are not shown here. All of it: ${file}`, ...lines] : lines;
  };
  return {
    read,
    rest: () => {
      const lines = read();
      const last = linesIn(held);
      held = Buffer.alloc(0);
      return [...lines, ...last];
    },
  };
}

const linesIn = (bytes: Buffer): readonly string[] =>
  bytes
    .toString('utf8')
    .split(/\r\n|\n|\r/)
    .filter((line) => line !== '')
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line));
