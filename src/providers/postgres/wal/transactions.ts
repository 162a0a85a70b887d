import { locate, newParts, type Parts, type Relation, Relations } from './blocks.ts';
import { FileChanges, type Files } from './file-changes.ts';
import { DELETE, heapKind, INSERT, insertedRows, RMGR_HEAP, RMGR_HEAP2, UPDATE } from './heap-records.ts';
import { type LogSource, readRecords, type WalRecord } from './records.ts';
import { RunningTransactions } from './running-transactions.ts';
import { RMGR_TRANSACTION, readTransactionEnd, type TransactionEnd } from './transaction-records.ts';

export type { LogSource, LogStretch } from './records.ts';

export interface RelationEffects extends Relation {
  /** Row versions; a row that is moved to another partition counts as deleted in the one and inserted in the other. */
  readonly deleted: number;
  readonly updated: number;
  readonly inserted: number;
}

/** What one committed transaction did, its committed subtransactions included. */
export interface TransactionEffects extends Files {
  readonly xid: number;
  /** Where its commit record starts: stop recovery before this to return to the moment before. */
  readonly commitLsn: bigint;
  readonly commitEnd: bigint;
  readonly committedAt: Date;
  /** 0 when it touched no row and no file. */
  readonly database: number;
  readonly relations: readonly RelationEffects[];
  /** Files removed at the commit: dropped, truncated or rewritten tables and indexes. */
  readonly droppedFilenodes: readonly number[];
  /** Whether the log at hand is known to hold the transaction from its beginning. Otherwise it may have done more. */
  readonly complete: boolean;
}

export interface ScanOptions {
  /** Only transactions that committed at this moment or later. */
  readonly from?: Date;
  /** Only transactions that deleted rows or dropped files, and those that are not complete: they may have. */
  readonly onlyDestructive?: boolean;
  /** This one is told whatever it did. */
  readonly alsoXid?: number;
  /** Size of a segment of this server, when it is not 16 MiB. */
  readonly segmentBytes?: number;
  /** Is told every row that is inserted into the catalogue of tables or schemas, committed or not. */
  readonly catalog?: CatalogWatch;
}

/** Looks at records that insert into tables of the catalogue. */
export interface CatalogWatch {
  /** Whether it wants the rows of this file. */
  watches(database: number, filenode: number): boolean;
  inserted(record: WalRecord, filenode: number): void;
}

/** Every committed transaction in the log, in order of commit. Throws LOG_GAP when the log has a hole or is damaged. */
export async function scanTransactions(
  source: LogSource,
  options: ScanOptions = {},
): Promise<readonly TransactionEffects[]> {
  const found: TransactionEffects[] = [];
  await visitTransactions(source, options, (effects) => void found.push(effects));
  return found;
}

/** Tells each committed transaction in order of commit, and keeps none of them. Throws LOG_GAP like `scanTransactions`. */
export async function visitTransactions(
  source: LogSource,
  options: ScanOptions,
  visit: (effects: TransactionEffects) => void,
): Promise<void> {
  const scan = new Scan(options, visit);
  const goOn = (record: WalRecord): boolean => {
    scan.take(record);
    return false;
  };
  await readRecords(source, goOn, options);
}

interface Counts {
  deleted: number;
  updated: number;
  inserted: number;
}

/** What one transaction or subtransaction has done so far. */
class Tally {
  readonly relations = new Map<Relation, Counts>();
  private lastRelation: Relation | undefined;
  private lastCounts: Counts = { deleted: 0, updated: 0, inserted: 0 };

  of(relation: Relation): Counts {
    if (relation === this.lastRelation) return this.lastCounts;
    let counts = this.relations.get(relation);
    if (!counts) {
      counts = { deleted: 0, updated: 0, inserted: 0 };
      this.relations.set(relation, counts);
    }
    this.lastRelation = relation;
    this.lastCounts = counts;
    return counts;
  }

  add(other: Tally): void {
    for (const [relation, counts] of other.relations) {
      const mine = this.of(relation);
      mine.deleted += counts.deleted;
      mine.updated += counts.updated;
      mine.inserted += counts.inserted;
    }
  }
}

class Scan {
  private readonly options: ScanOptions;
  private readonly visit: (effects: TransactionEffects) => void;
  private readonly parts: Parts = newParts();
  private readonly known = new Relations();
  private readonly running = new RunningTransactions();
  private readonly files = new FileChanges();
  private readonly tallies = new Map<number, Tally>();
  private lastXid = 0;
  private lastTally: Tally | undefined;

  constructor(options: ScanOptions, visit: (effects: TransactionEffects) => void) {
    this.options = options;
    this.visit = visit;
  }

  take(record: WalRecord): void {
    if (record.rmgr === RMGR_HEAP || record.rmgr === RMGR_HEAP2) this.takeHeap(record);
    else if (record.rmgr === RMGR_TRANSACTION) this.takeEnd(record);
    else {
      this.running.take(record, this.parts);
      this.files.take(record, this.parts);
    }
  }

  private takeHeap(record: WalRecord): void {
    const kind = heapKind(record);
    const { parts } = this;
    if (kind === undefined) {
      this.files.takeInPlace(record, parts);
      return;
    }
    locate(record, parts);
    const { catalog } = this.options;
    if (kind === INSERT && catalog?.watches(parts.database[0], parts.filenode[0]))
      catalog.inserted(record, parts.filenode[0]);
    const counts = this.tallyOf(record.xid).of(this.known.of(parts, 0));
    if (kind === DELETE) counts.deleted += 1;
    else if (kind === UPDATE) counts.updated += 1;
    else counts.inserted += insertedRows(record, parts);
  }

  private tallyOf(xid: number): Tally {
    if (xid === this.lastXid && this.lastTally) return this.lastTally;
    let tally = this.tallies.get(xid);
    if (!tally) {
      tally = new Tally();
      this.tallies.set(xid, tally);
    }
    this.lastXid = xid;
    this.lastTally = tally;
    return tally;
  }

  private takeEnd(record: WalRecord): void {
    locate(record, this.parts);
    const end = readTransactionEnd(record, this.parts);
    if (!end) return;
    const tally = this.tallies.get(end.xid) ?? new Tally();
    for (const subxid of end.subxids) tally.add(this.tallies.get(subxid) ?? new Tally());
    const xids = [end.xid, ...end.subxids];
    for (const xid of xids) this.tallies.delete(xid);
    const files = this.files.end(xids);
    this.lastTally = undefined;
    if (end.how === 'commit' && end.xid !== 0 && this.wanted(end, tally))
      this.visit({ ...this.effects(record, end, tally), ...files });
  }

  private wanted(end: TransactionEnd, tally: Tally): boolean {
    const { from, onlyDestructive, alsoXid } = this.options;
    if (from && end.at < from) return false;
    if (
      !onlyDestructive ||
      end.xid === alsoXid ||
      end.droppedFilenodes.length > 0 ||
      !this.running.startedInside(end.xid)
    )
      return true;
    return [...tally.relations.values()].some((counts) => counts.deleted > 0);
  }

  private effects(record: WalRecord, end: TransactionEnd, tally: Tally): Omit<TransactionEffects, keyof Files> {
    const relations = [...tally.relations].map(([relation, counts]) => ({ ...relation, ...counts }));
    return {
      xid: end.xid,
      commitLsn: BigInt(record.start),
      commitEnd: BigInt(record.end),
      committedAt: end.at,
      // 0 is the database of the tables that all databases share.
      database: end.database ?? relations.find((relation) => relation.database !== 0)?.database ?? 0,
      relations,
      droppedFilenodes: end.droppedFilenodes,
      complete: this.running.startedInside(end.xid),
    };
  }
}
