import { crc32c } from './crc32c.ts';
import { PAGE } from './pages.ts';
import type { LogStretch } from './records.ts';

export interface BuiltRecord {
  readonly rmgr: number;
  readonly info?: number;
  readonly xid?: number;
  /** Block references, as bytes; see `blockReference`. */
  readonly references?: Buffer;
  /** Data of the references: images and block data. */
  readonly data?: Buffer;
  readonly main?: Buffer;
}

/** Writes log as a server does, from the start of a segment: pages, headers, chain, checksums. For tests. */
export class LogBuilder {
  readonly start: number;
  /** Where each record begins, in order. */
  readonly starts: number[] = [];
  private readonly segmentBytes: number;
  private readonly magic: number;
  private bytes = Buffer.alloc(0);
  private previous: number;

  constructor(options: { start?: number; segmentBytes?: number; magic?: number; previous?: number } = {}) {
    this.segmentBytes = options.segmentBytes ?? 1 << 20;
    this.start = options.start ?? this.segmentBytes;
    this.magic = options.magic ?? 0xd110;
    this.previous = options.previous ?? 0;
  }

  get end(): number {
    return this.start + this.bytes.length;
  }

  add(record: BuiltRecord): this {
    this.begin();
    const at = this.end;
    this.starts.push(at);
    const bytes = this.encode(record);
    this.previous = at;
    for (let done = 0; done < bytes.length; ) {
      if (this.end % PAGE === 0) this.header(0x01, bytes.length - done);
      const part = bytes.subarray(done, done + PAGE - (this.end % PAGE));
      this.append(part);
      done += part.length;
    }
    this.append(Buffer.alloc((8 - (this.end % 8)) % 8));
    return this;
  }

  /** The rest of the segment stays empty, as after pg_switch_wal(). */
  switchSegment(): this {
    this.add({ rmgr: 0, info: 0x40 });
    this.append(Buffer.alloc((this.segmentBytes - (this.end % this.segmentBytes)) % this.segmentBytes));
    return this;
  }

  /** A crash cut the last record; the server went on with the next page. */
  crashInRecord(record: BuiltRecord): this {
    const before = this.previous;
    this.add(record);
    this.previous = before;
    this.starts.pop();
    const inside = this.bytes.length - (this.end % PAGE);
    this.bytes = this.bytes.subarray(0, inside);
    this.header(0x08, 0);
    return this;
  }

  /** Fills the rest of the page with records without any meaning, up to `left` bytes. */
  fillPage(left: number): this {
    this.begin();
    const room = PAGE - (this.end % PAGE) - left;
    return room >= 32 ? this.add({ rmgr: 20, main: Buffer.alloc(room - 32 > 255 ? room - 29 : room - 26) }) : this;
  }

  stretch(): LogStretch {
    return { start: BigInt(this.start), bytes: Buffer.from(this.bytes) };
  }

  /** The stretch as the segment file would be: the rest of it empty. */
  segment(): LogStretch {
    const rest = (this.segmentBytes - (this.end % this.segmentBytes)) % this.segmentBytes;
    return { start: BigInt(this.start), bytes: Buffer.concat([this.bytes, Buffer.alloc(rest)]) };
  }

  private begin(): void {
    if (this.end % PAGE === 0) this.header(0, 0);
  }

  private header(flags: number, remaining: number): void {
    const long = this.end % this.segmentBytes === 0;
    const header = Buffer.alloc(long ? 40 : 24);
    header.writeUInt16LE(this.magic, 0);
    header.writeUInt16LE(flags | (long ? 0x02 : 0), 2);
    header.writeUInt32LE(1, 4);
    header.writeBigUInt64LE(BigInt(this.end), 8);
    header.writeUInt32LE(remaining, 16);
    if (long) header.writeUInt32LE(this.segmentBytes, 32);
    if (long) header.writeUInt32LE(PAGE, 36);
    this.append(header);
  }

  private encode({ rmgr, info = 0, xid = 0, references, data, main = Buffer.alloc(0) }: BuiltRecord): Buffer {
    const none = Buffer.alloc(0);
    const long = Buffer.alloc(5, 254);
    long.writeUInt32LE(main.length, 1);
    const mainHeader = main.length === 0 ? none : main.length < 256 ? Buffer.from([255, main.length]) : long;
    const body = Buffer.concat([references ?? none, mainHeader, data ?? none, main]);
    const header = Buffer.alloc(24);
    header.writeUInt32LE(24 + body.length, 0);
    header.writeUInt32LE(xid, 4);
    header.writeBigUInt64LE(BigInt(this.previous), 8);
    header[16] = info;
    header[17] = rmgr;
    header.writeUInt32LE(crc32c(body, header.subarray(0, 20)), 20);
    return Buffer.concat([header, body]);
  }

  private append(bytes: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, bytes]);
  }
}

/** A reference to a block; `same` leaves the relation out, as the one before is meant. */
export function blockReference(
  id: number,
  block: number,
  options: { filenode?: number; same?: boolean; data?: number; image?: { bytes: number; info: number } } = {},
): Buffer {
  const { filenode = 16_384, same = false, data = 0, image } = options;
  const head = Buffer.alloc(4);
  head[0] = id;
  head[1] = (image ? 0x10 : 0) | (data > 0 ? 0x20 : 0) | (same ? 0x80 : 0);
  head.writeUInt16LE(data, 2);
  const holeLength = image && image.info & 0x01 && image.info & 0x1c ? 2 : 0;
  const picture = Buffer.alloc(image ? 5 + holeLength : 0);
  if (image) {
    picture.writeUInt16LE(image.bytes, 0);
    picture[4] = image.info;
  }
  const relation = Buffer.alloc(same ? 0 : 12);
  if (!same) for (const [i, value] of [1663, 5, filenode].entries()) relation.writeUInt32LE(value, 4 * i);
  const number = Buffer.alloc(4);
  number.writeUInt32LE(block, 0);
  return Buffer.concat([head, picture, relation, number]);
}

const HEAP = 10;
const HEAP2 = 9;
const TRANSACTION = 1;

export function deleteRow(xid: number, block: number, offset: number, filenode = 16_384): BuiltRecord {
  const main = Buffer.alloc(8);
  main.writeUInt16LE(offset, 4);
  return { rmgr: HEAP, info: 0x10, xid, references: blockReference(0, block, { filenode }), main };
}

export function insertRow(xid: number, block: number, offset: number): BuiltRecord {
  const main = Buffer.alloc(3);
  main.writeUInt16LE(offset, 0);
  const data = Buffer.alloc(20);
  return { rmgr: HEAP, info: 0x00, xid, references: blockReference(0, block, { data: 20 }), data, main };
}

export function updateRow(
  xid: number,
  from: readonly [number, number],
  to: readonly [number, number],
  hot = false,
): BuiltRecord {
  const main = Buffer.alloc(14);
  main.writeUInt16LE(from[1], 4);
  main.writeUInt16LE(to[1], 12);
  const other = from[0] === to[0] ? [] : [blockReference(1, from[0], { same: true })];
  const references = Buffer.concat([blockReference(0, to[0]), ...other]);
  return { rmgr: HEAP, info: hot ? 0x40 : 0x20, xid, references, main };
}

/** Without offsets: into a page that it makes anew. */
export function multiInsert(xid: number, block: number, rows: number, offsets?: readonly number[]): BuiltRecord {
  const main = Buffer.alloc(4 + 2 * (offsets?.length ?? 0));
  main.writeUInt16LE(rows, 2);
  for (const [i, offset] of (offsets ?? []).entries()) main.writeUInt16LE(offset, 4 + 2 * i);
  return { rmgr: HEAP2, info: offsets ? 0x50 : 0xd0, xid, references: blockReference(0, block), main };
}

/** Which transactions run: from `nextXid` on, all begin after this note. */
export function runningNote(nextXid: number): BuiltRecord {
  const main = Buffer.alloc(24);
  main.writeUInt32LE(nextXid, 12);
  return { rmgr: 8, info: 0x10, main };
}

/** A transaction locked relations of the database for itself alone; written by itself or, `by` 0, by the server later. */
export function lockNote(xid: number, relations: readonly number[], by = xid): BuiltRecord {
  const main = Buffer.alloc(4 + 12 * relations.length);
  main.writeInt32LE(relations.length, 0);
  for (const [i, relation] of relations.entries())
    for (const [j, value] of [xid, 5, relation].entries()) main.writeUInt32LE(value, 4 + 12 * i + 4 * j);
  return { rmgr: 8, info: 0x00, xid: by, main };
}

/** A new file for a table; fork 0 holds its rows. */
export function fileMade(xid: number, filenode: number, fork = 0): BuiltRecord {
  const main = Buffer.alloc(16);
  for (const [i, value] of [1663, 5, filenode, fork].entries()) main.writeUInt32LE(value, 4 * i);
  return { rmgr: 2, info: 0x10, xid, main };
}

export interface EndOptions {
  readonly subxids?: readonly number[];
  readonly dropped?: readonly number[];
  readonly statistics?: { readonly count: number; readonly itemBytes: number };
  readonly invalidations?: number;
  readonly preparedXid?: number;
  readonly abort?: boolean;
  readonly at?: Date;
}

/** Commit or abort, with its optional parts in the order of the server. */
export function endTransaction(xid: number, options: EndOptions = {}): BuiltRecord {
  const { subxids = [], dropped = [], statistics, invalidations = 0, preparedXid, abort = false } = options;
  const time = Buffer.alloc(8);
  time.writeBigInt64LE(BigInt((options.at ?? new Date(Date.UTC(2026, 0, 1))).getTime() - 946_684_800_000) * 1000n);
  const words = (...values: number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
    return bytes;
  };
  const parts: Buffer[] = [];
  let flags = 0;
  const part = (flag: number, ...bytes: Buffer[]) => {
    flags |= flag;
    parts.push(...bytes);
  };
  if (dropped.length > 0) part(1, words(5, 1663));
  if (subxids.length > 0) part(2, words(subxids.length, ...subxids));
  if (dropped.length > 0) part(4, words(dropped.length, ...dropped.flatMap((filenode) => [1663, 5, filenode])));
  if (statistics) part(256, words(statistics.count), Buffer.alloc(statistics.count * statistics.itemBytes, 7));
  if (invalidations > 0) part(8, words(invalidations), Buffer.alloc(16 * invalidations, 9));
  if (preparedXid !== undefined) part(16, words(preparedXid));
  const operation = preparedXid === undefined ? (abort ? 0x20 : 0x00) : abort ? 0x40 : 0x30;
  const main = flags === 0 ? time : Buffer.concat([time, words(flags), ...parts]);
  return { rmgr: TRANSACTION, info: operation | (flags === 0 ? 0 : 0x80), xid, main };
}
