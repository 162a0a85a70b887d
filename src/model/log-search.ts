/** What can happen to rows at once. */
export const CHANGE_KINDS = ['deleted', 'truncated', 'dropped', 'updated'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Which transactions are looked for in the write-ahead log of a component. */
export interface LogSearchRequest {
  readonly component: string;
  /** `table`, `schema.table`, or a number by which the log knows it. */
  readonly table?: string;
  /** Empty: all kinds. */
  readonly kinds: readonly ChangeKind[];
  readonly xid?: number;
  readonly from?: Date;
  readonly to?: Date;
  /** Transactions that touched fewer rows are passed over; what removed a whole table never is. */
  readonly minRows: number;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** What one transaction did to one table. */
export interface TableChange {
  /** `schema.table`; where nothing names it, what the log calls it, e.g. `file 16412`. */
  readonly table: string;
  readonly named: boolean;
  /** Row versions. */
  readonly deleted: number;
  readonly updated: number;
  readonly inserted: number;
  /** It lost all its rows at once. `removed`: by TRUNCATE or DROP, and which of them the log does not tell. */
  readonly gone?: 'truncated' | 'dropped' | 'removed';
  /** About how many rows it had before. */
  readonly rows?: number;
}

export interface FoundTransaction {
  readonly xid: number;
  /** ISO 8601, UTC: by the clock of the server. */
  readonly committed_at: string;
  readonly commit_lsn: string;
  readonly timeline: number;
  /** The largest change first. */
  readonly tables: readonly TableChange[];
  /** Names of databases that it dropped. */
  readonly dropped_databases: readonly string[];
  /** It removed a table or database, or a large part of one. */
  readonly suspicious: boolean;
  /** False: the log at hand has only its end, so it may have done more. */
  readonly complete: boolean;
  /** The position to return to: what was there before it is there, and nothing of it. */
  readonly just_before: string;
  /** The command that shows it; absent when no backup reaches that position. */
  readonly command?: string;
  /** Why there is no command. */
  readonly unreachable?: string;
}

export interface RowCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** A stretch of log that was read, or is missing. */
export interface LogSpan {
  readonly system: string;
  readonly timeline: number;
  readonly from: string;
  readonly to: string;
}

export interface LogSearchResult {
  readonly component: string;
  /** Those that look destructive first, the newest first. */
  readonly found: readonly FoundTransaction[];
  /** How many more fit and are smaller. */
  readonly more: number;
  readonly read: readonly LogSpan[];
  /** Missing log inside of what was to be read: what happened there is not known. */
  readonly gaps: readonly (LogSpan & {
    readonly bytes: number;
    readonly stored_before?: string;
    readonly stored_after?: string;
  })[];
  /** Committed transactions that were looked at, and the log they stand in. */
  readonly transactions: number;
  readonly bytes: number;
  /** Of these, those in the span that was asked for that changed rows, tables or databases; and the rows. */
  readonly within: RowCounts & { readonly transactions: number };
  /** Moments of the first and the last commit that was read. */
  readonly first_commit?: string;
  readonly last_commit?: string;
  /** Where names of tables come from, e.g. `the backup base-…`; empty: nothing names them. */
  readonly names_from: readonly string[];
}
