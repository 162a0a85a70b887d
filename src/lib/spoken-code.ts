/** Digits and capital letters that can be told apart by ear and eye: no I, L, O and U. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ON_A_LINE = 8;

/** Bytes as lines that can be read over a telephone: `K7QM-3XTR-F`. The last symbol of each line proves the line and its place. */
export function spokenLines(bytes: Uint8Array): readonly string[] {
  const values = fives(bytes);
  const lines: string[] = [];
  for (let at = 0; at < values.length; at += ON_A_LINE) {
    const line = Array.from({ length: ON_A_LINE }, (_, place) => values[at + place] ?? 0);
    const text = line.map((value) => SYMBOLS[value]).join('');
    lines.push(`${text.slice(0, 4)}-${text.slice(4)}-${SYMBOLS[checkOf(line, lines.length)]}`);
  }
  return lines;
}

/** What was heard: the bytes, or which line is wrong and how. */
export type Heard = { readonly bytes: Buffer } | { readonly bytes?: undefined; readonly wrong: string };

/** Reads what somebody typed who was told the lines. Numbers of lines (`3:`), spaces and small letters do no harm. */
export function heardBytes(text: string, length: number): Heard {
  const expected = Math.ceil((length * 8) / 5 / ON_A_LINE);
  const lines = linesIn(text, expected);
  const values: number[] = [];
  for (const [index, line] of lines.entries()) {
    const read = valuesOf(line, index);
    if (typeof read === 'string') return { wrong: `line ${index + 1} (${line}) ${read}` };
    values.push(...read);
  }
  if (lines.length !== expected) return { wrong: `it has ${lines.length} lines, not ${expected}` };
  return { bytes: eights(values, length) };
}

function linesIn(text: string, expected: number): readonly string[] {
  const words = text
    .toUpperCase()
    .replaceAll(/\d+\s*[:.)]/g, ' ')
    .split(/[\s,;/|]+/)
    .map((word) => word.replaceAll('-', ''))
    .filter((word) => word !== '');
  const all = words.join('');
  const isWhole = words.every((word) => word.length === ON_A_LINE + 1);
  if (isWhole || all.length !== expected * (ON_A_LINE + 1)) return words;
  return Array.from({ length: expected }, (_, line) => all.slice(line * (ON_A_LINE + 1), (line + 1) * (ON_A_LINE + 1)));
}

/** The values of a line without its check symbol, or what is wrong with it. */
function valuesOf(line: string, index: number): readonly number[] | string {
  if (line.length !== ON_A_LINE + 1) return `has ${line.length} symbols, not ${ON_A_LINE + 1}`;
  const values = [...line.replaceAll('O', '0').replaceAll(/[IL]/g, '1')].map((symbol) => SYMBOLS.indexOf(symbol));
  const unknown = values.indexOf(-1);
  if (unknown >= 0) return `has the symbol ${line[unknown]}, which there is not`;
  const content = values.slice(0, ON_A_LINE);
  return checkOf(content, index) === values[ON_A_LINE] ? content : 'was misheard or is not in its place';
}

/** In the field of 32 elements each place counts differently: one wrong symbol and two swapped ones are always found. */
function checkOf(values: readonly number[], index: number): number {
  return [index + 1, ...values].reduce((check, value) => {
    const doubled = check << 1;
    return (doubled & 32 ? doubled ^ 0b100101 : doubled) ^ value;
  }, 0);
}

function fives(bytes: Uint8Array): readonly number[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => Number.parseInt(five.padEnd(5, '0'), 2));
}

function eights(values: readonly number[], length: number): Buffer {
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('');
  return Buffer.from(Array.from({ length }, (_, at) => Number.parseInt(bits.slice(at * 8, at * 8 + 8), 2)));
}
