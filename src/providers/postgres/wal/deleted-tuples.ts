import { KnownError } from '../../../model/errors.ts';
import { formatLsn } from '../../../model/lsn.ts';
import { locate, newParts, type Relation, Relations } from './blocks.ts';
import { heapKind, RMGR_HEAP, RMGR_HEAP2, visitRows } from './heap-records.ts';
import { type LogSource, type ReadOptions, readRecords, type WalRecord } from './records.ts';
import { type NetChanges, RowChanges, SPAN } from './row-changes.ts';
import { isNotBefore, RunningTransactions } from './running-transactions.ts';
import { RMGR_TRANSACTION, readTransactionEnd, type TransactionEnd } from './transaction-records.ts';

/** Where a row version is in its table: the two halves of its ctid. */
export interface TuplePosition {
  readonly block: number;
  readonly offset: number;
}

/** What one transaction did to the rows of one table that were there before it, in the order of their place. */
export interface ChangedTuples {
  readonly deleted: readonly TuplePosition[];
  /** Put into another partition by an UPDATE. */
  readonly moved: readonly TuplePosition[];
  readonly updated: readonly UpdatedTuple[];
}

export interface UpdatedTuple extends TuplePosition {
  /** Where the version is that the transaction left. */
  readonly now: TuplePosition;
}

export interface TransactionTuples {
  /** By filenode. */
  readonly tables: ReadonlyMap<number, ChangedTuples>;
  /** The transaction and its subtransactions that committed with it: the `xmin` of what it wrote. */
  readonly xids: readonly number[];
}

/**
 * The rows that were there before the transaction and that it changed. The log must begin before the transaction did, e.g. at
 * the start of a base backup. Throws LOG_GAP when it does not, or when its commit is not in it.
 */
export async function changedTuples(
  source: LogSource,
  xid: number,
  options: ReadOptions = {},
): Promise<TransactionTuples> {
  const search = new Search(xid);
  await readRecords(source, (record) => search.take(record), options);
  if (search.end === undefined) throw notThere(xid);
  if (search.end.how === 'abort') throw rolledBack(xid);
  if (!search.startedInside) throw beganEarlier(xid, search.endedAt);
  return { tables: byFilenode(search.net(search.end)), xids: [search.end.xid, ...search.end.subxids] };
}

/** By filenode: the row versions that were there before the transaction and are gone after it. Throws like `changedTuples`. */
export async function deletedTuples(
  source: LogSource,
  xid: number,
  options: ReadOptions = {},
): Promise<ReadonlyMap<number, readonly TuplePosition[]>> {
  const { tables } = await changedTuples(source, xid, options);
  const deleted = [...tables].map(([filenode, tuples]) => [filenode, tuples.deleted] as const);
  return new Map(deleted.filter(([, tuples]) => tuples.length > 0));
}

/** Look at what can be forgotten when so many more changes are held. */
const TIDY_EVERY = 1 << 20;

class Search {
  end: TransactionEnd | undefined;
  endedAt = 0;
  private readonly xid: number;
  private readonly parts = newParts();
  private readonly known = new Relations();
  private readonly running = new RunningTransactions();
  private readonly changes = new RowChanges();
  private readonly over = new Set<number>();
  private tidyAt = TIDY_EVERY;

  constructor(xid: number) {
    this.xid = xid;
  }

  get startedInside(): boolean {
    return this.running.startedInside(this.xid);
  }

  net(end: TransactionEnd): ReadonlyMap<Relation, NetChanges> {
    return this.changes.net(new Set([end.xid, ...end.subxids]));
  }

  take(record: WalRecord): boolean {
    if (record.rmgr === RMGR_HEAP || record.rmgr === RMGR_HEAP2) this.takeHeap(record);
    else if (record.rmgr === RMGR_TRANSACTION) this.takeEnd(record);
    else this.running.take(record, this.parts);
    return this.end !== undefined;
  }

  /** Subtransactions get their numbers after the transaction they belong to, and which are its own only its commit tells. */
  private takeHeap(record: WalRecord): void {
    if (!isNotBefore(record.xid, this.xid) || heapKind(record) === undefined) return;
    const { parts, changes } = this;
    locate(record, parts);
    visitRows(record, parts, changes.by(record.xid, this.known.of(parts, 0)));
    if (changes.length >= this.tidyAt) this.tidy();
  }

  private takeEnd(record: WalRecord): void {
    locate(record, this.parts);
    const end = readTransactionEnd(record, this.parts);
    if (!end) return;
    if (end.xid === this.xid) {
      this.end = end;
      this.endedAt = record.start;
      return;
    }
    for (const xid of [end.xid, ...end.subxids]) this.over.add(xid);
  }

  private tidy(): void {
    this.changes.forget(this.over);
    this.over.clear();
    this.tidyAt = this.changes.length + TIDY_EVERY;
  }
}

/** In one database a filenode is one table, unless two tablespaces are involved: then nothing is guessed. */
function byFilenode(net: ReadonlyMap<Relation, NetChanges>): ReadonlyMap<number, ChangedTuples> {
  const found = new Map<number, ChangedTuples>();
  for (const [{ filenode }, { gone, moved, updated }] of net) {
    if (found.has(filenode))
      throw new KnownError(
        'TARGET_AMBIGUOUS',
        `two tables with rows that were changed have the same file number ${filenode}`,
        'Restore the database to a side instance and copy the rows by hand.',
      );
    found.set(filenode, {
      deleted: inPlace(gone),
      moved: inPlace(moved),
      updated: updated
        .toSorted((a, b) => a.old - b.old)
        .map(({ old, now }) => ({ ...positionOf(old), now: positionOf(now) })),
    });
  }
  return found;
}

const inPlace = (numbers: readonly number[]): readonly TuplePosition[] =>
  Array.from(Float64Array.from(numbers).sort(), positionOf);

const positionOf = (number: number): TuplePosition => ({ block: Math.floor(number / SPAN), offset: number % SPAN });

const notThere = (xid: number): KnownError =>
  new KnownError(
    'LOG_GAP',
    `the commit of transaction ${xid} is not in the log at hand`,
    'Check the number. The log may end before the commit or begin after it.',
  );

const rolledBack = (xid: number): KnownError =>
  new KnownError('TARGET_FAILED', `transaction ${xid} was rolled back: it deleted nothing`, 'Check the number.');

const beganEarlier = (xid: number, endedAt: number): KnownError =>
  new KnownError(
    'LOG_GAP',
    `transaction ${xid}, which committed at ${formatLsn(BigInt(endedAt))}, may have begun before the log at hand`,
    'Read the log from an older base backup, so that all that it deleted is found.',
  );
