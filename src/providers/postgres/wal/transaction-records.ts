import type { Parts } from './blocks.ts';
import { crc32c } from './crc32c.ts';
import { logBroken } from './pages.ts';
import { RECORD_HEADER, type WalRecord } from './records.ts';

export const RMGR_TRANSACTION = 1;

/** The end of a transaction or of a subtransaction. */
export interface TransactionEnd {
  readonly how: 'commit' | 'abort';
  readonly xid: number;
  readonly at: Date;
  /** Known only when the transaction changed the catalog. */
  readonly database: number | undefined;
  readonly subxids: readonly number[];
  readonly droppedFilenodes: readonly number[];
}

const HAS_INFO = 0x80;
const COMMIT = 0x00;
const ABORT = 0x20;
const COMMIT_PREPARED = 0x30;
const ABORT_PREPARED = 0x40;

const DATABASE = 1 << 0;
const SUBXIDS = 1 << 1;
const DROPPED_FILES = 1 << 2;
const INVALIDATIONS = 1 << 3;
const TWO_PHASE = 1 << 4;
const DROPPED_STATISTICS = 1 << 8;

/** Microseconds from 1970 to 2000, where PostgreSQL's time begins. */
const EPOCH_2000 = 946_684_800_000_000n;

/**
 * Reads how a transaction ended, or undefined for other records of this kind. These records decide where recovery stops, so
 * their checksum is verified.
 */
export function readTransactionEnd(record: WalRecord, parts: Parts): TransactionEnd | undefined {
  requireChecksum(record);
  const kind = record.info & 0x70;
  const commits = kind === COMMIT || kind === COMMIT_PREPARED;
  if (!commits && kind !== ABORT && kind !== ABORT_PREPARED) return undefined;
  const { view } = record;
  const at = new Date(Number((view.getBigInt64(parts.main, true) + EPOCH_2000) / 1000n));
  const found = readParts(record, parts.main + 8, (record.info & HAS_INFO) !== 0);
  const prepared = kind === COMMIT_PREPARED || kind === ABORT_PREPARED;
  if (prepared && found.preparedXid === undefined)
    throw logBroken(record.start, 'a prepared transaction has no number');
  const { preparedXid, ...rest } = found;
  return { how: commits ? 'commit' : 'abort', xid: preparedXid ?? record.xid, at, ...rest };
}

interface Found {
  readonly database: number | undefined;
  readonly subxids: readonly number[];
  readonly droppedFilenodes: readonly number[];
  readonly preparedXid: number | undefined;
}

const NOTHING: Found = { database: undefined, subxids: [], droppedFilenodes: [], preparedXid: undefined };

/** The parts follow one another in this order, each there only when its flag is set. */
function readParts({ view, major }: WalRecord, from: number, hasInfo: boolean): Found {
  if (!hasInfo) return NOTHING;
  const flags = view.getUint32(from, true);
  let at = from + 4;
  const list = (flag: number, itemBytes: number, field: number): readonly number[] => {
    if (!(flags & flag)) return [];
    const count = view.getInt32(at, true);
    const items = Array.from({ length: count }, (_, index) => view.getUint32(at + 4 + index * itemBytes + field, true));
    at += 4 + count * itemBytes;
    return items;
  };
  const database = flags & DATABASE ? view.getUint32(at, true) : undefined;
  if (flags & DATABASE) at += 8;
  const subxids = list(SUBXIDS, 4, 0);
  const droppedFilenodes = list(DROPPED_FILES, 12, 8);
  list(DROPPED_STATISTICS, major >= 18 ? 16 : 12, 0);
  list(INVALIDATIONS, 16, 0);
  const preparedXid = flags & TWO_PHASE ? view.getUint32(at, true) : undefined;
  return { database, subxids, droppedFilenodes, preparedXid };
}

/** The checksum covers the record's data first and then its header up to the checksum. */
function requireChecksum({ view, offset, length, start }: WalRecord): void {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + offset, length);
  if (crc32c(bytes.subarray(RECORD_HEADER), bytes.subarray(0, 20)) !== view.getUint32(offset + 20, true))
    throw logBroken(start, 'the checksum of the record there does not fit');
}
