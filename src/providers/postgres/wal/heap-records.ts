import type { Parts } from './blocks.ts';
import { logBroken } from './pages.ts';
import type { WalRecord } from './records.ts';

export const RMGR_HEAP2 = 9;
export const RMGR_HEAP = 10;

export const INSERT = 0;
export const UPDATE = 1;
export const DELETE = 2;

/** What a record did to row versions of one table. Positions are block and offset in it. */
export interface HeapVisitor {
  inserted(block: number, offset: number): void;
  updated(block: number, offset: number, newBlock: number, newOffset: number): void;
  /** `moved`: its new version was put into another partition. */
  deleted(block: number, offset: number, moved: boolean): void;
}

const INIT_PAGE = 0x80;
const MOVED_TO_PARTITION = 0x10;

/** How many row versions a heap record inserts, updates or deletes; undefined when it does nothing of this. */
export function heapKind(record: WalRecord): typeof INSERT | typeof UPDATE | typeof DELETE | undefined {
  const operation = record.info & 0x70;
  if (record.rmgr === RMGR_HEAP2) return operation === 0x50 ? INSERT : undefined;
  if (operation === 0x00) return INSERT;
  if (operation === 0x10) return DELETE;
  return operation === 0x20 || operation === 0x40 ? UPDATE : undefined;
}

/** Rows that an inserting record brings: one, or as many as a multi-insert says. */
export const insertedRows = ({ rmgr, view }: WalRecord, parts: Parts): number =>
  rmgr === RMGR_HEAP2 ? view.getUint16(parts.main + 2, true) : 1;

/** Tells each row version that the record touched. */
export function visitRows(record: WalRecord, parts: Parts, visitor: HeapVisitor): void {
  const { view, rmgr, info } = record;
  const { main, block } = parts;
  if (block[0] < 0) throw logBroken(record.start, 'the record there names no block');
  const kind = heapKind(record);
  if (kind === DELETE)
    visitor.deleted(block[0], view.getUint16(main + 4, true), (view.getUint8(main + 7) & MOVED_TO_PARTITION) !== 0);
  // The new version's block comes first; the old one is named only when it is another.
  if (kind === UPDATE) {
    const oldBlock = block[1] < 0 ? block[0] : block[1];
    visitor.updated(oldBlock, view.getUint16(main + 4, true), block[0], view.getUint16(main + 12, true));
  }
  if (kind !== INSERT) return;
  if (rmgr === RMGR_HEAP) {
    visitor.inserted(block[0], view.getUint16(main, true));
    return;
  }
  // A multi-insert into a page it makes anew fills it from 1 on and does not list the offsets.
  const rows = insertedRows(record, parts);
  for (let i = 0; i < rows; i++)
    visitor.inserted(block[0], info & INIT_PAGE ? i + 1 : view.getUint16(main + 4 + 2 * i, true));
}
