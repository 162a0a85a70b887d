import { logBroken } from './pages.ts';
import { RECORD_HEADER, type WalRecord } from './records.ts';

/** A table's or index's file: its identity as the log knows it. */
export interface Relation {
  readonly tablespace: number;
  readonly database: number;
  readonly filenode: number;
}

/** Where the parts of one record are. Reused from record to record. */
export interface Parts {
  /** Relation and block number of block references 0 and 1. -1: there is no such reference. */
  tablespace: [number, number];
  database: [number, number];
  filenode: [number, number];
  block: [number, number];
  /** The main data, at the end of the record. */
  main: number;
  mainLength: number;
}

export const newParts = (): Parts => ({
  tablespace: [0, 0],
  database: [0, 0],
  filenode: [0, 0],
  block: [-1, -1],
  main: 0,
  mainLength: 0,
});

const MAIN_SHORT = 255;
const MAIN_LONG = 254;
const ORIGIN = 253;
const TOPLEVEL_XID = 252;
const LAST_BLOCK = 32;

const HAS_IMAGE = 0x10;
const SAME_RELATION = 0x80;
const IMAGE_HAS_HOLE = 0x01;
const IMAGE_IS_COMPRESSED = 0x1c;

/** Finds the parts of a record from its headers. Throws LOG_GAP when they do not fit into it. */
export function locate({ view, offset, length, start }: WalRecord, parts: Parts): void {
  const end = offset + length;
  let at = offset + RECORD_HEADER;
  let data = 0;
  let relation = -1;
  parts.block[0] = parts.block[1] = -1;
  parts.mainLength = 0;
  while (end - at > data) {
    const id = view.getUint8(at++);
    if (id === MAIN_SHORT || id === MAIN_LONG) {
      parts.mainLength = id === MAIN_SHORT ? view.getUint8(at) : view.getUint32(at, true);
      at += id === MAIN_SHORT ? 1 : 4;
      data += parts.mainLength;
      break;
    }
    if (id === ORIGIN) at += 2;
    else if (id === TOPLEVEL_XID) at += 4;
    else if (id > LAST_BLOCK) throw logBroken(start, 'the record there has a part that does not exist');
    else {
      const flags = view.getUint8(at);
      data += view.getUint16(at + 1, true);
      at += 3;
      if (flags & HAS_IMAGE) {
        data += view.getUint16(at, true);
        const image = view.getUint8(at + 4);
        at += image & IMAGE_HAS_HOLE && image & IMAGE_IS_COMPRESSED ? 7 : 5;
      }
      if (!(flags & SAME_RELATION)) {
        relation = at;
        at += 12;
      }
      if (id <= 1) keepReference(parts, id as 0 | 1, view, relation, at);
      at += 4;
    }
  }
  if (end - at !== data) throw logBroken(start, 'the parts of the record there do not fill it');
  parts.main = end - parts.mainLength;
}

function keepReference(parts: Parts, id: 0 | 1, view: DataView, relation: number, block: number): void {
  if (relation < 0) return;
  parts.tablespace[id] = view.getUint32(relation, true);
  parts.database[id] = view.getUint32(relation + 4, true);
  parts.filenode[id] = view.getUint32(relation + 8, true);
  parts.block[id] = view.getUint32(block, true);
}

/** Gives each relation one object, so that it can be compared and used as a key. */
export class Relations {
  private readonly byFilenode = new Map<number, Relation[]>();
  private last: Relation | undefined;

  of(parts: Parts, id: 0 | 1): Relation {
    const [tablespace, database, filenode] = [parts.tablespace[id], parts.database[id], parts.filenode[id]];
    const { last } = this;
    if (last?.filenode === filenode && last.database === database && last.tablespace === tablespace) return last;
    const known = this.byFilenode.get(filenode) ?? [];
    let found = known.find((relation) => relation.database === database && relation.tablespace === tablespace);
    if (!found) {
      found = { tablespace, database, filenode };
      this.byFilenode.set(filenode, [...known, found]);
    }
    this.last = found;
    return found;
  }
}
