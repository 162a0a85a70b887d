import type { PostgresComponent } from '../../model/plan.ts';
import type { RecoveryPoint } from '../../model/recovery-point.ts';
import type { VerificationRecord } from '../../model/repository.ts';
import type { FailoverClient } from './failover/client-api.ts';

export * from './failover/client-api.ts';

/**
 * Everything the actions ask of PostgreSQL, of the machine and of the repository. `client.ts` does it for real,
 * `client.fake.ts` in memory. Each writing call is safe to repeat with the same arguments after a crash.
 */
export interface PostgresClient
  extends RoleClient,
    RowClient,
    SideClient,
    ServerClient,
    BackupClient,
    VerifyClient,
    FailoverClient {
  /** The component as the plan describes it. Throws PLAN_INVALID when it is none or no database. */
  component(name: string): PostgresComponent;
  close(): Promise<void>;
}

export interface RoleClient {
  /** Undefined when there is no such role. */
  role(component: string, role: string): Promise<RoleState | undefined>;
  /** Writes: the role cannot log in any more and its sessions end. Returns how many sessions there were. */
  blockRole(component: string, role: string, signal: AbortSignal): Promise<number>;
  /** Writes: the role may log in again. */
  unblockRole(component: string, role: string): Promise<void>;
}

export interface RoleState {
  readonly canLogin: boolean;
  readonly superuser: boolean;
  readonly sessions: number;
  /** It is the role that Lifeboat itself connects as. */
  readonly ours: boolean;
}

/** Rows by table, under the name `schema.table`. */
export interface TableRows {
  readonly table: string;
  readonly rows: number;
}

/** A committed transaction that deleted rows. */
export interface Deletion {
  readonly xid: number;
  readonly commitLsn: string;
  /** ISO 8601, UTC. */
  readonly committedAt: string;
  /** Rows that were there before it and were gone after it. */
  readonly rows: number;
  readonly tables: readonly TableRows[];
  readonly updatedRows: number;
}

export interface DeletionSearch {
  /** By number of rows, most first; only tables that the component names, or all when it names none. */
  readonly deletions: readonly Deletion[];
  /** Transactions that may have taken whole tables: by TRUNCATE or DROP. Rows lost so are not counted above. */
  readonly removedFiles: readonly RemovedFiles[];
  /** Transactions of which the log that is stored has only the end: they may have deleted more than these rows, or any. */
  readonly incomplete: readonly Pick<Deletion, 'xid' | 'commitLsn' | 'committedAt' | 'rows'>[];
  /** The moment from which the log was read; later than asked for when no older backup exists. */
  readonly since: string;
  /** Whether that is all that was asked for. */
  readonly reachesBack: boolean;
}

/** A committed transaction that removed whole files, and with them perhaps rows. */
export interface RemovedFiles {
  readonly xid: number;
  readonly commitLsn: string;
  readonly committedAt: string;
  readonly files: number;
  /**
   * The tables, without a name for those that do not exist any more, each with the position to restore to, from which it can
   * be read as it was. Empty when the log does not tell.
   */
  readonly tables: readonly { readonly table?: string; readonly before: string }[];
  /** Numbers of these tables, and of others that went with them, among them indexes. */
  readonly relations: readonly number[];
}

export interface SalvagedTable extends TableRows {
  /** Columns that name a row; empty when the table has no key. */
  readonly key: readonly string[];
}

export interface Salvage {
  readonly id: string;
  readonly tables: readonly SalvagedTable[];
  /** Rows that were lost. */
  readonly rows: number;
  /** Rows that were changed, as they were before. */
  readonly updatedRows: number;
  /** Rows that were put into another partition, as they were before. */
  readonly movedRows: number;
  /** Absent where whole tables were taken. */
  readonly xid?: number;
}

/** What says later, of a transaction that was cut off, whether it committed. */
export interface Receipt {
  readonly system: string;
  readonly xid: string;
}

export interface LoadedTable {
  readonly table: string;
  readonly inserted: number;
  readonly alreadyThere: number;
  /** Rows that got their old values back. */
  readonly restored: number;
  /** Changed rows that have their old values already. */
  readonly unchanged: number;
  /** Rows that were left as they are, or away: see `conflicts`. */
  readonly conflicting: number;
}

/** Why a row is not put back. */
export const CONFLICT_KINDS = ['taken', 'no parent', 'changed since', 'deleted since', 'key changed', 'moved'] as const;
export type ConflictKind = (typeof CONFLICT_KINDS)[number];

/** A salvaged row that is not put back, since that would overwrite what was written later, or break a rule of the database. */
export interface RowConflict {
  readonly table: string;
  readonly kind: ConflictKind;
  /** The key of the salvaged row, or the beginning of the row where its table has no key. */
  readonly row: string;
  /** The rule of the database that stands against it. */
  readonly rule?: string;
  /** The key of the row that is in its place, or what it refers to. */
  readonly other?: string;
}

export interface Loaded {
  readonly tables: readonly LoadedTable[];
  /** At most so many that a person and a file can hold them; `tables` counts all. */
  readonly conflicts: readonly RowConflict[];
  /** What else one must know: columns that were renamed, added or dropped since, triggers that were set off. */
  readonly notes: readonly string[];
}

/** quiet: triggers of the user are not set off by what is put back. */
export type TriggerMode = 'quiet' | 'fire';

export interface ComparedTable {
  readonly table: string;
  readonly rows: number;
  readonly equal: number;
  readonly changed: number;
  readonly missing: number;
  /** Rows whose foreign key points at nothing. */
  readonly orphans: number;
}

export interface RowClient {
  /** Brings the newest log into the repository first, so that what happened a second ago is seen. */
  findDeletions(request: {
    component: string;
    since: Date;
    xid?: number;
    /** With `xid`: also when it deleted nothing, but changed rows. */
    anyChange?: boolean;
    signal: AbortSignal;
    log(line: string): void;
  }): Promise<DeletionSearch>;
  /** The salvage that a step with this key, or of this id, has stored. */
  salvage(component: string, by: { key: string } | { id: string }): Promise<Salvage | undefined>;
  /** Writes: stores the rows that the transaction deleted, read from the side instance, into the repository. */
  extract(request: {
    component: string;
    instance: string;
    xid: number;
    commitLsn: string;
    /** Also those that it changed, as they were before. */
    updated: boolean;
    key: string;
    signal: AbortSignal;
  }): Promise<Salvage>;
  /** Writes: stores all rows of tables, read from the side instance, into the repository; with their definition if they are gone. */
  extractTables(request: {
    component: string;
    instance: string;
    /** As `table` or `schema.table`. */
    tables: readonly string[];
    /** Numbers of further tables. */
    relations: readonly number[];
    key: string;
    signal: AbortSignal;
  }): Promise<Salvage>;
  /** What `load` would do now. Nothing is kept, and nothing waits behind it. */
  previewLoad(request: { component: string; salvage: string; signal: AbortSignal }): Promise<Loaded>;
  /** Writes: puts the salvaged rows back in one transaction. `beforeCommit` is awaited before that transaction is committed. */
  load(request: {
    component: string;
    salvage: string;
    triggers: TriggerMode;
    signal: AbortSignal;
    beforeCommit(receipt: Receipt, loaded: Loaded): Promise<void>;
  }): Promise<Loaded>;
  /** What became of a transaction. `unknown` when the server has forgotten it or is another one. */
  outcome(component: string, receipt: Receipt): Promise<'committed' | 'aborted' | 'in progress' | 'unknown'>;
  /** Compares the salvaged rows with those that are there now. */
  compare(request: { component: string; salvage: string; signal: AbortSignal }): Promise<readonly ComparedTable[]>;
}

/** The moment to return to. */
export type RestoreTarget =
  | { readonly kind: 'latest' }
  | { readonly kind: 'time'; readonly at: Date }
  /** Everything before this position; the record that starts there is not replayed. */
  | { readonly kind: 'lsn'; readonly lsn: bigint }
  /** Everything before the commit of this transaction. */
  | { readonly kind: 'xid'; readonly xid: number }
  /** This recovery point and no other; before a position, or all the log it has. */
  | { readonly kind: 'point'; readonly point: RecoveryPoint; readonly stopBefore?: bigint };

export interface SideInstance {
  readonly instance: string;
  readonly running: boolean;
  /** Restored up to its target and reachable. */
  readonly ready: boolean;
  readonly reachedLsn: string;
  readonly backup: string;
  readonly socketFolder: string;
}

export interface SideClient {
  /** Undefined when there is no side instance of that name here. */
  side(instance: string): Promise<SideInstance | undefined>;
  /** Writes: restores beside production and pauses, read only, at the target. */
  restoreSide(request: RestoreRequest & { instance: string }): Promise<SideInstance>;
  /** Writes: stops and removes it. Refuses a folder that is not marked as ours. */
  discardSide(instance: string): Promise<void>;
}

export interface RestoreRequest {
  readonly component: string;
  readonly key: string;
  readonly target: RestoreTarget;
  /** Over a data folder of the same system: what is right is kept, the rest replaced. Of a server only. */
  readonly delta?: boolean;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface RestoredServer {
  /** Of the step that restored it. */
  readonly key: string;
  readonly state: 'restoring' | 'quarantined' | 'open';
  readonly running: boolean;
  /** The TCP port it listens on now, when it does. */
  readonly listening?: number;
  readonly backup: string;
  readonly timeline: number;
  readonly reachedLsn: string;
  /** ISO 8601, UTC; null when no commit was replayed. */
  readonly lastCommitAt: string | null;
}

export interface Check {
  readonly name: string;
  readonly held: boolean;
  readonly observed: string;
}

export interface Inspection {
  readonly tables: number;
  readonly rows: number;
  readonly checks: readonly Check[];
}

export interface LedgerComparison {
  readonly acknowledged: number;
  readonly found: number;
  readonly lostIds: readonly string[];
  readonly lost: number;
  /** ISO 8601, UTC; null when nothing was found. */
  readonly lastFoundAt: string | null;
  readonly lossSeconds: number;
}

export interface OpenRequest {
  readonly component: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface ServerClient {
  /** Whether the real address gives any answer; a refusal of the password is one. `how` says what was seen. */
  answers(component: string, signal: AbortSignal): Promise<{ readonly answers: boolean; readonly how: string }>;
  /** Whether a query gets through on the real address, as the application's would. */
  serves(component: string, signal: AbortSignal): Promise<{ readonly serves: boolean; readonly how: string }>;
  dataFolder(component: string): Promise<'missing' | 'empty' | 'present' | 'not configured'>;
  /** The server that Lifeboat restored into the component's data folder; undefined when it did not. */
  server(component: string): Promise<RestoredServer | undefined>;
  /** Writes: restores into the data folder and starts the server so that only we reach it. */
  restoreServer(request: RestoreRequest): Promise<RestoredServer>;
  /** Writes: starts the restored server on its real address. */
  openServer(request: OpenRequest): Promise<{ readonly address: string; readonly port: number }>;
  /** Writes: closes the restored server to everybody but us. */
  quarantineServer(component: string, signal: AbortSignal): Promise<void>;
  /** Reads every table from end to end and puts the component's questions. `quick` leaves out the tables. */
  inspect(request: {
    component: string;
    quick: boolean;
    signal: AbortSignal;
    log(line: string): void;
  }): Promise<Inspection>;
  /** Compares what the application noted as acknowledged with what is in the database. */
  compareLedger(request: { component: string; service: string; signal: AbortSignal }): Promise<LedgerComparison>;
}

export interface TakenBackup {
  readonly id: string;
  readonly bytes: number;
  /** Position at which the copy is consistent; absent for a dump. */
  readonly endLsn?: string;
}

export interface BackupClient {
  /** The backup that a step with this key has taken. */
  backup(component: string, key: string): Promise<TakenBackup | undefined>;
  /** True when every object of the backup is there, whole. */
  backupIsWhole(component: string, id: string): Promise<{ readonly whole: boolean; readonly why: string }>;
  /** Writes. */
  baseBackup(request: BackupRequest): Promise<TakenBackup>;
  /** Writes. */
  dump(request: BackupRequest): Promise<TakenBackup>;
}

export interface VerifyClient {
  /** What a step with this key found. */
  verification(component: string, key: string): Promise<VerificationRecord | undefined>;
  /** Writes: restores a point into an instance of its own, looks through it, removes it and keeps what was found. */
  verifyPoint(request: {
    component: string;
    point?: string | undefined;
    key: string;
    signal: AbortSignal;
    log(line: string): void;
  }): Promise<VerificationRecord>;
}

export interface BackupRequest {
  readonly component: string;
  readonly key: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}
