/** What a tar archive says of one thing in it. */
export interface TarEntry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** Bytes that follow; none unless it is a file. */
  readonly size: number;
}

export type TarPiece =
  | { readonly is: 'entry'; readonly entry: TarEntry }
  | { readonly is: 'data'; readonly bytes: Uint8Array }
  | { readonly is: 'end' };

/** The archive does not read as one. */
export class BadTar extends Error {}

const BLOCK = 512;
const TYPES: Readonly<Record<string, TarEntry['type']>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '5': 'directory',
  '2': 'symlink',
};

/**
 * Reads the kind of tar that PostgreSQL writes (ustar, without extensions) as its bytes come, wherever they are cut.
 * What is in files is handed on where it lies, never copied.
 */
export class TarReader {
  #header: Buffer = Buffer.alloc(0);
  /** Bytes of the file that are still to come, and of the padding after it. */
  #left = 0;
  #padding = 0;
  #inFile = false;
  #over = false;

  *read(bytes: Uint8Array): Generator<TarPiece, void, undefined> {
    for (let at = 0; at < bytes.length && !this.#over; ) {
      if (this.#inFile && this.#left > 0) {
        const data = bytes.subarray(at, at + this.#left);
        at += data.length;
        this.#left -= data.length;
        yield { is: 'data', bytes: data };
      } else if (this.#inFile) {
        this.#inFile = false;
        yield { is: 'end' };
      } else if (this.#padding > 0) {
        const padding = Math.min(this.#padding, bytes.length - at);
        at += padding;
        this.#padding -= padding;
      } else {
        const part = bytes.subarray(at, at + BLOCK - this.#header.length);
        at += part.length;
        yield* this.#readHeader(part);
      }
    }
    if (this.#inFile && this.#left === 0) {
      this.#inFile = false;
      yield { is: 'end' };
    }
  }

  /** Bytes of the file that is being read which have not come yet. */
  get left(): number {
    return this.#inFile ? this.#left : 0;
  }

  /** So many bytes of the file that is being read are not given. */
  pass(bytes: number): void {
    if (!this.#inFile || bytes > this.#left) throw new RangeError('only what is in a file can be passed over');
    this.#left -= bytes;
  }

  /** After the last byte. An archive may end without the empty blocks that usually close it, but not within something. */
  finish(): void {
    if (this.#inFile || this.#padding > 0 || this.#header.length > 0) throw new BadTar('is cut short');
  }

  *#readHeader(part: Uint8Array): Generator<TarPiece, void, undefined> {
    this.#header = Buffer.concat([this.#header, part]);
    if (this.#header.length < BLOCK) return;
    const header = this.#header;
    this.#header = Buffer.alloc(0);
    this.#over = header.every((byte) => byte === 0);
    if (this.#over) return;
    const entry = parseHeader(header);
    this.#left = entry.size;
    this.#padding = (BLOCK - (entry.size % BLOCK)) % BLOCK;
    this.#inFile = entry.type === 'file';
    yield { is: 'entry', entry };
  }
}

function parseHeader(header: Buffer): TarEntry {
  let sum = 8 * 0x20;
  for (const [at, byte] of header.entries()) if (at < 148 || at >= 156) sum += byte;
  if (octal(header, 148, 156) !== sum) throw new BadTar('has a broken header');
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? text(header, 345, 500) : '';
  const name = text(header, 0, 100);
  const type = TYPES[header.toString('latin1', 156, 157)] ?? 'other';
  return { name: prefix === '' ? name : `${prefix}/${name}`, type, size: type === 'file' ? sizeOf(header) : 0 };
}

function text(header: Buffer, from: number, to: number): string {
  const field = header.subarray(from, to);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

function octal(header: Buffer, from: number, to: number): number {
  const digits = text(header, from, to).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** Octal digits; a size that they cannot hold is written in binary, with the highest bit set. */
function sizeOf(header: Buffer): number {
  const binary = ((header[124] ?? 0) & 0x80) !== 0;
  const size = binary ? Number(header.readBigUInt64BE(128)) : octal(header, 124, 136);
  if (!Number.isSafeInteger(size)) throw new BadTar('has a broken header');
  return size;
}
