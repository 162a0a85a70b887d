/** A stretch of write-ahead log: the bytes from position `start` on. Stretches follow one another; they may overlap. */
export interface LogStretch {
  readonly start: bigint;
  readonly bytes: Buffer;
}
export type LogSource = AsyncIterable<LogStretch>;

export interface RelationEffects {
  readonly filenode: number;
  readonly tablespace: number;
  readonly database: number;
  readonly deleted: number;
  readonly updated: number;
  readonly inserted: number;
}

/** What one committed transaction did, its committed subtransactions included. */
export interface TransactionEffects {
  readonly xid: number;
  /** Where its commit record starts: stop recovery before this to return to the moment before. */
  readonly commitLsn: bigint;
  readonly commitEnd: bigint;
  readonly committedAt: Date;
  readonly database: number;
  readonly relations: readonly RelationEffects[];
  /** Files removed at the commit: dropped, truncated or rewritten tables and indexes. */
  readonly droppedFilenodes: readonly number[];
}

export interface ScanOptions {
  /** Only transactions that committed at this moment or later. */
  readonly from?: Date;
  /** Only transactions that deleted rows or dropped files. */
  readonly onlyDestructive?: boolean;
  /** Size of a segment of this server, when it is not 16 MiB. */
  readonly segmentBytes?: number;
}

/** Every committed transaction in the log, in order of commit. */
export function scanTransactions(_source: LogSource, _options?: ScanOptions): Promise<readonly TransactionEffects[]> {
  throw new Error('being written');
}
