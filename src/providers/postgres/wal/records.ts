import { isZero, logBroken, lookAtPage, PAGE, type PageHeader, position64 } from './pages.ts';

/** A stretch of write-ahead log: the bytes from position `start` on. Stretches follow one another; they may overlap. */
export interface LogStretch {
  readonly start: bigint;
  readonly bytes: Buffer;
}
export type LogSource = AsyncIterable<LogStretch>;

/** One record, whole, at `offset` of `view`. The same object is used for each record: valid only during the call. */
export interface WalRecord {
  start: number;
  /** Where the next record begins. */
  end: number;
  xid: number;
  rmgr: number;
  info: number;
  /** Major version of the server that wrote it. */
  major: number;
  view: DataView;
  offset: number;
  length: number;
}

export interface ReadOptions {
  /** Size of a segment, needed when the log does not begin with one and is not of the usual 16 MiB. */
  readonly segmentBytes?: number;
}

/** Return true to stop reading. */
export type VisitRecord = (record: WalRecord) => boolean;

/**
 * Reads records in order, across pages and stretches. The log may begin in the middle of a record, which is passed over, and
 * may end anywhere. Throws LOG_GAP when something is missing or damaged in between.
 */
export async function readRecords(source: LogSource, visit: VisitRecord, options: ReadOptions = {}): Promise<void> {
  const reader = new RecordReader(visit, options.segmentBytes ?? 16 << 20);
  for await (const stretch of source) {
    reader.take(stretch);
    if (reader.stopped) return;
  }
  reader.finish();
}

export const RECORD_HEADER = 24;
const LONGEST_RECORD = 1020 << 20;
const RMGR_XLOG = 0;
const XLOG_SWITCH = 0x40;

const align8 = (n: number): number => (n + 7) & ~7;

/** The bytes of one page that are there. */
interface Page {
  readonly view: DataView;
  readonly at: number;
  readonly length: number;
  readonly position: number;
}

interface Extent {
  readonly start: number;
  readonly total: number;
  readonly end: number;
}

class RecordReader {
  stopped = false;
  private readonly visit: VisitRecord;
  private segmentBytes: number;
  /** End of the bytes seen, and position of the page that is being put together. */
  private reached: number | undefined;
  private pageAt: number | undefined;
  private readonly page = Buffer.alloc(PAGE);
  private readonly pageView = viewOf(this.page);
  private carried = 0;
  /** The record that continues on the next page. `skip` is one whose beginning is not in the log at hand. */
  private open: { readonly start: number; readonly total: number; need: number; readonly skip: boolean } | undefined;
  private scratch = Buffer.alloc(4 * PAGE);
  private scratchView = viewOf(this.scratch);
  private filled = 0;
  private begun = false;
  private previous: number | undefined;
  private skipTo = 0;
  private ended: number | undefined;
  private readonly record: WalRecord;

  constructor(visit: VisitRecord, segmentBytes: number) {
    this.visit = visit;
    this.segmentBytes = segmentBytes;
    const view = this.pageView;
    this.record = { start: 0, end: 0, xid: 0, rmgr: 0, info: 0, major: 0, view, offset: 0, length: 0 };
  }

  take({ start: from, bytes }: LogStretch): void {
    const start = Number(from);
    this.reached ??= start;
    if (start > this.reached)
      throw logBroken(this.reached, `the log up to ${start - this.reached} bytes later is missing`);
    const known = this.reached - start;
    if (known >= bytes.length) return;
    const begins = this.reached;
    this.reached = start + bytes.length;
    this.feed(bytes.subarray(known), begins);
  }

  finish(): void {
    if (this.carried > 0 && this.pageAt !== undefined)
      this.readPage({ view: this.pageView, at: 0, length: this.carried, position: this.pageAt });
  }

  private feed(bytes: Buffer, begins: number): void {
    let at = 0;
    if (this.pageAt === undefined) {
      const aligned = Math.ceil(begins / PAGE) * PAGE;
      if (aligned - begins >= bytes.length) return;
      at = aligned - begins;
      this.pageAt = aligned;
    }
    if (this.carried > 0) {
      const copied = bytes.copy(this.page, this.carried, at, at + PAGE - this.carried);
      this.carried += copied;
      at += copied;
      if (this.carried < PAGE) return;
      this.carried = 0;
      this.nextPage(this.pageView, 0);
    }
    const view = viewOf(bytes);
    for (; at + PAGE <= bytes.length && !this.stopped; at += PAGE) this.nextPage(view, at);
    if (!this.stopped) this.carried = bytes.copy(this.page, 0, at);
  }

  private nextPage(view: DataView, at: number): void {
    const position = this.pageAt as number;
    this.pageAt = position + PAGE;
    this.readPage({ view, at, length: PAGE, position });
  }

  private readPage(page: Page): void {
    if (page.position < this.skipTo) return;
    const look = lookAtPage(page.view, page.at, page.length, page.position);
    if (this.ended !== undefined) {
      if (look.kind === 'page') throw logBroken(this.ended, 'the log goes on after a place that is empty');
      return;
    }
    if (look.kind === 'cut') return;
    if (look.kind !== 'page') {
      this.endAtPage(look.kind, page.position);
      return;
    }
    this.segmentBytes = look.header.segmentBytes ?? this.segmentBytes;
    this.record.major = look.header.major;
    const first = this.continueOpen(look.header, page);
    if (first !== undefined) this.readFrom(first, page);
  }

  /** An empty or an old page is where the log ends; anything else is damage. */
  private endAtPage(kind: 'empty' | 'old' | 'garbage', position: number): void {
    if (kind === 'garbage' || !this.begun) throw logBroken(position, 'there is no page of the log');
    this.ended = this.open?.start ?? position;
    this.open = undefined;
  }

  /** Completes the record that began on an earlier page. Returns where the next one begins in the page, if it does. */
  private continueOpen(header: PageHeader, { view, at, length, position }: Page): number | undefined {
    if (header.overwrites) this.open = undefined;
    if (!this.begun && header.continued)
      this.open = { start: position, total: header.remaining, need: header.remaining, skip: true };
    this.begun = true;
    const { open } = this;
    if (open === undefined) {
      if (header.continued) throw logBroken(position, 'a page continues a record that does not exist');
      return header.bytes;
    }
    if (!header.continued || header.remaining !== open.need)
      throw logBroken(open.start, 'the record that begins there is not continued on the next page');
    const taken = Math.max(0, Math.min(open.need, length - header.bytes));
    if (!open.skip) this.keep(view, at + header.bytes, taken);
    open.need -= taken;
    if (open.need > 0) return undefined;
    this.open = undefined;
    const next = align8(header.bytes + taken);
    if (!open.skip) this.emit(this.scratchView, 0, { start: open.start, total: open.total, end: position + next });
    return position + next < this.skipTo || this.stopped ? undefined : next;
  }

  private readFrom(first: number, { view, at, length, position }: Page): void {
    let next = first;
    while (next + 4 <= length && !this.stopped) {
      const inside = next;
      const total = view.getUint32(at + inside, true);
      const start = position + inside;
      if (total === 0) {
        if (!isZero(view, at + inside, length - inside)) throw logBroken(start, 'there is no record');
        this.ended = start;
        return;
      }
      if (total < RECORD_HEADER || total > LONGEST_RECORD) throw logBroken(start, 'there is no record');
      if (total > length - inside) {
        this.openRecord(view, at + inside, length - inside, { start, total });
        return;
      }
      next += align8(total);
      this.emit(view, at + inside, { start, total, end: position + next });
      if (position + next < this.skipTo) return;
    }
  }

  private openRecord(view: DataView, at: number, there: number, record: { start: number; total: number }): void {
    this.filled = 0;
    this.keep(view, at, there);
    if (there >= RECORD_HEADER) this.requireChain(view, at, record.start);
    this.open = { ...record, need: record.total - there, skip: false };
  }

  private keep(view: DataView, at: number, length: number): void {
    if (this.filled + length > this.scratch.length) {
      const larger = Buffer.alloc(2 * (this.filled + length));
      this.scratch.copy(larger, 0, 0, this.filled);
      this.scratch = larger;
      this.scratchView = viewOf(larger);
    }
    this.scratch.set(new Uint8Array(view.buffer, view.byteOffset + at, length), this.filled);
    this.filled += length;
  }

  private emit(view: DataView, offset: number, { start, total, end }: Extent): void {
    this.requireChain(view, offset, start);
    this.previous = start;
    const { record } = this;
    record.start = start;
    record.end = end;
    record.xid = view.getUint32(offset + 4, true);
    record.info = view.getUint8(offset + 16);
    record.rmgr = view.getUint8(offset + 17);
    record.view = view;
    record.offset = offset;
    record.length = total;
    if (record.rmgr === RMGR_XLOG && (record.info & 0xf0) === XLOG_SWITCH)
      this.skipTo = Math.ceil(end / this.segmentBytes) * this.segmentBytes;
    this.stopped = this.visited(record);
  }

  /** A record whose parts point outside of it is a damaged one. */
  private visited(record: WalRecord): boolean {
    try {
      return this.visit(record);
    } catch (error) {
      if (error instanceof RangeError) throw logBroken(record.start, 'the record there is damaged');
      throw error;
    }
  }

  /** Every record names the one before it: what does not is not the record that belongs there. */
  private requireChain(view: DataView, offset: number, start: number): void {
    if (this.previous !== undefined && position64(view, offset + 8) !== this.previous)
      throw logBroken(start, 'the record there does not follow the one before it');
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
