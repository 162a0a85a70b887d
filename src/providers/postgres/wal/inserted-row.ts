import { RMGR_HEAP } from './heap-records.ts';
import { PAGE } from './pages.ts';
import { RECORD_HEADER, type WalRecord } from './records.ts';

const SHORT_MAIN = 255;
const LONG_MAIN = 254;
const HAS_IMAGE = 0x10;
const SAME_RELATION = 0x80;
const IMAGE_HAS_HOLE = 0x01;
const IMAGE_IS_COMPRESSED = 0x1c;

/** The fixed part of a row in front of its columns; a record leaves it out but for five bytes. */
const ROW_HEADER = 23;
const LOGGED_HEADER = 5;
const PAGE_HEADER = 24;

/**
 * The columns of the row that a heap insert brings, as they stand in a page. Undefined when the record does not show them: it
 * brings several rows, or its page in compressed form.
 */
export function insertedRow(record: WalRecord): Buffer | undefined {
  if (record.rmgr !== RMGR_HEAP) return undefined;
  const block = onlyBlock(record);
  if (block === undefined) return undefined;
  const { view } = record;
  if (block.image) return rowInImage(view, block.image, view.getUint16(block.main, true));
  const columns = block.data + LOGGED_HEADER + view.getUint8(block.data + 4) - ROW_HEADER;
  return columns > block.main ? undefined : bytesOf(view, columns, block.main - columns);
}

interface Image {
  readonly at: number;
  readonly length: number;
  readonly hole: number;
}

interface Block {
  readonly image?: Image;
  /** Where its data and the main data begin. */
  readonly data: number;
  readonly main: number;
}

/** A record with one block reference: its headers, the image of the page, the data of the block, the main data. */
function onlyBlock({ view, offset, length }: WalRecord): Block | undefined {
  let at = offset + RECORD_HEADER;
  if (view.getUint8(at) !== 0) return undefined;
  const flags = view.getUint8(at + 1);
  const dataLength = view.getUint16(at + 2, true);
  at += 4;
  let imageLength = 0;
  let hole = 0;
  if (flags & HAS_IMAGE) {
    imageLength = view.getUint16(at, true);
    hole = view.getUint16(at + 2, true);
    const kind = view.getUint8(at + 4);
    if (kind & IMAGE_IS_COMPRESSED) return undefined;
    if (!(kind & IMAGE_HAS_HOLE)) hole = PAGE;
    at += 5;
  }
  if (flags & SAME_RELATION) return undefined;
  at += 16;
  const id = view.getUint8(at);
  if (id !== SHORT_MAIN && id !== LONG_MAIN) return undefined;
  const main = offset + length - (id === SHORT_MAIN ? view.getUint8(at + 1) : view.getUint32(at + 1, true));
  const image = imageLength > 0 ? { at: main - dataLength - imageLength, length: imageLength, hole } : undefined;
  return { data: main - dataLength, main, ...(image ? { image } : {}) };
}

/** An image leaves out the free space in the middle of the page. */
function rowInImage(view: DataView, { at, length, hole }: Image, number: number): Buffer | undefined {
  const left = PAGE - length;
  const place = (inPage: number): number => at + (inPage < hole ? inPage : inPage - left);
  const pointer = view.getUint32(place(PAGE_HEADER + 4 * (number - 1)), true);
  const [row, rowLength] = [pointer & 0x7fff, pointer >>> 17];
  if (rowLength <= ROW_HEADER || row + rowLength > PAGE) return undefined;
  const columns = view.getUint8(place(row) + 22);
  return bytesOf(view, place(row) + columns, rowLength - columns);
}

const bytesOf = (view: DataView, at: number, length: number): Buffer =>
  Buffer.from(new Uint8Array(view.buffer, view.byteOffset + at, length));
