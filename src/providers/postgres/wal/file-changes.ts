import { locate, type Parts } from './blocks.ts';
import type { WalRecord } from './records.ts';

/** A transaction took a table or index for itself alone, as TRUNCATE, DROP and rewrites do. */
export interface ExclusiveLock {
  readonly database: number;
  /** Its number in pg_class, which stays the same when it gets a new file. */
  readonly relation: number;
  /** Where this stands in the log: up to here everybody could still read it. */
  readonly at: bigint;
}

/** What a transaction did to files, beside removing them. */
export interface Files {
  readonly createdFilenodes: readonly number[];
  /** Each relation with its first lock, in the order of the log. */
  readonly locks: readonly ExclusiveLock[];
}

const NOTHING: Files = { createdFilenodes: [], locks: [] };

const RMGR_STORAGE = 2;
const FILE_CREATED = 0x10;
const MAIN_FORK = 0;

const RMGR_STANDBY = 8;
const LOCKS_TAKEN = 0x00;

/** Collects by transaction the files that it made and what it locked for itself alone. */
export class FileChanges {
  private readonly created = new Map<number, number[]>();
  private readonly locks = new Map<number, ExclusiveLock[]>();

  take(record: WalRecord, parts: Parts): void {
    const kind = record.info & 0xf0;
    if (record.rmgr === RMGR_STORAGE && kind === FILE_CREATED) this.takeFile(record, parts);
    else if (record.rmgr === RMGR_STANDBY && kind === LOCKS_TAKEN) this.takeLocks(record, parts);
  }

  /** What a transaction and its subtransactions did; it is forgotten with this. */
  end(xids: readonly number[]): Files {
    if (this.created.size === 0 && this.locks.size === 0) return NOTHING;
    const createdFilenodes = xids.flatMap((xid) => this.created.get(xid) ?? []);
    const first = new Map<number, ExclusiveLock>();
    for (const lock of xids.flatMap((xid) => this.locks.get(xid) ?? []).sort((a, b) => (a.at < b.at ? -1 : 1)))
      if (!first.has(lock.relation)) first.set(lock.relation, lock);
    for (const xid of xids) {
      this.created.delete(xid);
      this.locks.delete(xid);
    }
    return { createdFilenodes, locks: [...first.values()] };
  }

  private takeFile(record: WalRecord, parts: Parts): void {
    locate(record, parts);
    const { view } = record;
    if (view.getInt32(parts.main + 12, true) !== MAIN_FORK) return;
    push(this.created, record.xid, view.getUint32(parts.main + 8, true));
  }

  /** The server also repeats from time to time which locks are held, so each names the transaction that holds it. */
  private takeLocks(record: WalRecord, parts: Parts): void {
    locate(record, parts);
    const { view } = record;
    const count = view.getInt32(parts.main, true);
    for (let i = 0; i < count; i++) {
      const at = parts.main + 4 + 12 * i;
      const [database, relation] = [view.getUint32(at + 4, true), view.getUint32(at + 8, true)];
      push(this.locks, view.getUint32(at, true), { database, relation, at: BigInt(record.start) });
    }
  }
}

function push<Item>(lists: Map<number, Item[]>, key: number, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
