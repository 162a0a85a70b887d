import { isUtf8 } from 'node:buffer';
import { KnownError } from '../../model/errors.ts';

/** More than any plan people wrote: what is larger is another kind of file. */
export const LARGEST_DOCUMENT = 2 * 1024 * 1024;

/** The text of a document, with line ends of one kind. Throws USAGE for what cannot be a plan in Markdown. */
export function decodeDocument(file: string, bytes: Uint8Array): string {
  if (bytes.length > LARGEST_DOCUMENT) throw tooLarge(file, bytes.length);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw refused(`${file} is UTF-16`, UTF8_HINT);
  if (!isUtf8(bytes)) throw refused(`${file} is not UTF-8: see byte ${firstWrongByte(bytes)}`, UTF8_HINT);
  const text = new TextDecoder('utf-8').decode(bytes).replaceAll(/\r\n?/g, '\n');
  if (text.includes('\0')) throw refused(`${file} holds zero bytes, so it is no text`, 'Name a Markdown file.');
  if (text.trim() === '') throw refused(`${file} is empty`, 'Name the document that holds the plan.');
  return text;
}

/** The error for a document that is larger than any plan. */
export const tooLarge = (file: string, size: number): KnownError =>
  refused(
    `${file} has ${size} bytes; a plan in Markdown has ${LARGEST_DOCUMENT} at most`,
    'Import its parts one by one.',
  );

const UTF8_HINT = 'Save it as UTF-8, for example with: iconv -f WINDOWS-1252 -t UTF-8';

const refused = (message: string, hint: string): KnownError => new KnownError('USAGE', message, hint);

/** Halves the range, so that a large file costs little more than a small one. */
function firstWrongByte(bytes: Uint8Array): number {
  let [low, high] = [0, bytes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beginsWell(bytes, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether everything up to and with byte `index` can begin UTF-8: a character may be cut off at the end. */
function beginsWell(bytes: Uint8Array, index: number): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, index + 1), { stream: true });
    return true;
  } catch {
    return false;
  }
}
