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
  /** Of the files it made, those that it filled page by page, as rewrites do and TRUNCATE does not. Absent: none. */
  readonly filledFilenodes?: readonly number[];
  /** Databases it removed, each with the place before which it was still whole. Absent: none. */
  readonly removedDatabases?: readonly RemovedDatabase[];
}

export interface RemovedDatabase {
  readonly database: number;
  readonly at: bigint;
}

const NOTHING: Files = { createdFilenodes: [], locks: [] };

const RMGR_STORAGE = 2;
const FILE_CREATED = 0x10;
const MAIN_FORK = 0;

const RMGR_STANDBY = 8;
const LOCKS_TAKEN = 0x00;

const RMGR_DATABASE = 4;
const DATABASE_REMOVED = 0x20;

const RMGR_XLOG = 0;
const WHOLE_PAGE = 0xb0;

const RMGR_HEAP = 10;
const IN_PLACE = 0x70;
/** pg_database: number and file are the same in every server. */
const DATABASES = 1262;

/** Collects by transaction the files that it made and what it locked for itself alone. */
export class FileChanges {
  private readonly created = new Map<number, number[]>();
  private readonly locks = new Map<number, ExclusiveLock[]>();
  private readonly removed = new Map<number, RemovedDatabase[]>();
  private readonly filled = new Map<number, Set<number>>();
  /** Before a server removes a database it marks it as one that nobody can enter; from then on it is lost. */
  private marked: { readonly xid: number; readonly at: bigint } | undefined;

  take(record: WalRecord, parts: Parts): void {
    const kind = record.info & 0xf0;
    if (record.rmgr === RMGR_STORAGE && kind === FILE_CREATED) this.takeFile(record, parts);
    else if (record.rmgr === RMGR_STANDBY && kind === LOCKS_TAKEN) this.takeLocks(record, parts);
    else if (record.rmgr === RMGR_DATABASE && kind === DATABASE_REMOVED) this.takeDatabase(record, parts);
    else if (record.rmgr === RMGR_XLOG && kind === WHOLE_PAGE) this.takePage(record, parts);
  }

  /** A change of the list of databases in its place, outside of any transaction. */
  takeInPlace(record: WalRecord, parts: Parts): void {
    if (record.rmgr !== RMGR_HEAP || (record.info & 0x70) !== IN_PLACE) return;
    locate(record, parts);
    if (parts.filenode[0] === DATABASES && parts.database[0] === 0)
      this.marked = { xid: record.xid, at: BigInt(record.start) };
  }

  /** What a transaction and its subtransactions did; it is forgotten with this. */
  end(xids: readonly number[]): Files {
    if (this.created.size === 0 && this.locks.size === 0 && this.removed.size === 0) return NOTHING;
    const createdFilenodes = xids.flatMap((xid) => this.created.get(xid) ?? []);
    const first = new Map<number, ExclusiveLock>();
    for (const lock of xids.flatMap((xid) => this.locks.get(xid) ?? []).sort((a, b) => (a.at < b.at ? -1 : 1)))
      if (!first.has(lock.relation)) first.set(lock.relation, lock);
    const removedDatabases = xids.flatMap((xid) => this.removed.get(xid) ?? []);
    const filledFilenodes = createdFilenodes.filter((file) => xids.some((xid) => this.filled.get(xid)?.has(file)));
    for (const xid of xids) for (const kept of [this.created, this.locks, this.removed, this.filled]) kept.delete(xid);
    return {
      createdFilenodes,
      locks: [...first.values()],
      ...(filledFilenodes.length === 0 ? {} : { filledFilenodes }),
      ...(removedDatabases.length === 0 ? {} : { removedDatabases }),
    };
  }

  private takeDatabase(record: WalRecord, parts: Parts): void {
    locate(record, parts);
    const marked = this.marked !== undefined && [0, record.xid].includes(this.marked.xid) ? this.marked.at : undefined;
    const database = record.view.getUint32(parts.main, true);
    push(this.removed, record.xid, { database, at: marked ?? BigInt(record.start) });
  }

  /** Pages that are written whole are of new files nearly always; only those of files this transaction made are kept. */
  private takePage(record: WalRecord, parts: Parts): void {
    const created = this.created.get(record.xid);
    if (created === undefined) return;
    locate(record, parts);
    const file = parts.filenode[0];
    if (parts.block[0] < 0 || !created.includes(file)) return;
    const filled = this.filled.get(record.xid) ?? new Set();
    this.filled.set(record.xid, filled.add(file));
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
