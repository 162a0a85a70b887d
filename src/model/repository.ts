import type { JsonObject } from '../lib/json.ts';

/** Where bytes are kept: a folder now, a bucket later. One suite, `backup/store.testsuite.ts`, holds for every implementation. */
export interface Store {
  /** For messages: where this is. */
  readonly place: string;
  /** Keeps an object whole or not at all, durably when it returns. An object of that key that exists is an error unless `replace`. */
  put(key: string, bytes: Uint8Array, options?: { replace?: boolean }): Promise<void>;
  /** The whole object, or undefined when there is none. */
  get(key: string): Promise<Buffer | undefined>;
  /** Keys that begin with the prefix, sorted, with their sizes in bytes. Half-written objects are not among them. */
  list(prefix: string): Promise<readonly { key: string; bytes: number }[]>;
  /** Removes an object; removing what is not there is no error. */
  remove(key: string): Promise<void>;
}

/** One encrypted object of a backup. */
export interface ObjectRef {
  readonly key: string;
  /** Bytes as stored, and sha256 (hex) of them: checked without a key. */
  readonly bytes: number;
  readonly sha256: string;
  readonly plainBytes: number;
  readonly plainSha256: string;
}

export interface BackupPart {
  /** e.g. `base.tar`, `16384.tar`, `backup_manifest`, `companies.copy`. */
  readonly name: string;
  readonly plainBytes: number;
  readonly objects: readonly ObjectRef[];
}

export type BackupMethod = 'postgres.base_backup' | 'postgres.dump' | 'postgres.salvage';

/** What is known of one backup. Written last, so a backup without it was never finished and is not one. */
export interface BackupManifest {
  readonly format: 1;
  readonly id: string;
  readonly component: string;
  readonly method: BackupMethod;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Key of the step that took it, so that a step resumed after a crash finds its own backup. */
  readonly key?: string;
  /** What the method needs to restore: e.g. system, timeline, startLsn, endLsn, serverVersion. Nothing secret: it is not encrypted. */
  readonly facts: JsonObject;
  readonly parts: readonly BackupPart[];
}

/** A stretch of write-ahead log in the repository: bytes [from, to) of one timeline of one system. */
export interface LogRef {
  readonly key: string;
  readonly component: string;
  /** Identity of the database system that wrote it. */
  readonly system: string;
  readonly timeline: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly storedBytes: number;
  /** ISO 8601: when it was stored, as the store knows it. Absent where the store does not tell. */
  readonly storedAt?: string;
}

/** The result of looking at one backup without a key: every object present, of the right size and checksum. */
export type BackupCheck =
  | { readonly id: string; readonly whole: true }
  | { readonly id: string; readonly whole: false; readonly why: string };

/** Proof that a backup was restored and what was found; one file each, never changed. */
export interface VerificationRecord {
  readonly backup: string;
  readonly component: string;
  readonly at: string;
  readonly held: boolean;
  readonly proofs: readonly { claim: string; held: boolean; observed: string }[];
}

/** What providers and use cases may do with the repository of backups. Everything written is compressed, encrypted and checksummed. */
export interface BackupRepository {
  readonly place: string;
  readonly id: string;
  /** Starts a backup. It is visible to nobody before `commit` has returned. */
  begin(backup: {
    id: string;
    component: string;
    method: BackupMethod;
    startedAt: Date;
    key?: string;
  }): Promise<BackupWriter>;
  /** All whole manifests of a component, oldest first. A damaged manifest throws OBJECT_DAMAGED naming it. */
  backups(component: string): Promise<readonly BackupManifest[]>;
  /** Plain bytes of one part, object by object, each verified before it is given out. Needs the private key. */
  read(manifest: BackupManifest, part: string): AsyncIterable<Buffer>;
  check(manifest: BackupManifest): Promise<BackupCheck>;
  remove(manifest: BackupManifest): Promise<void>;

  /**
   * Keeps a stretch of log. Whole before it is visible; stretches it covers completely are removed afterwards. It is made ready
   * at once and becomes visible only when `after` is fulfilled, so that several at a time leave no hole; when that fails, nothing does.
   */
  putLog(
    log: { component: string; system: string; timeline: number; from: bigint; bytes: Uint8Array },
    after?: Promise<unknown>,
  ): Promise<LogRef>;
  /** Every stretch of log of a component, by system, timeline and position. */
  logs(component: string): Promise<readonly LogRef[]>;
  /** The plain bytes of a stretch, verified; also when a stream has joined it into a larger one since it was listed. */
  readLog(log: LogRef): Promise<Buffer>;
  /** The history file of a timeline: where it branched off. Kept in clear, so that points are known without a key. */
  putTimelineHistory(component: string, system: string, timeline: number, text: string): Promise<void>;
  timelineHistories(component: string, system: string): Promise<ReadonlyMap<number, string>>;

  putVerification(record: VerificationRecord): Promise<void>;
  verifications(component: string): Promise<readonly VerificationRecord[]>;
}

export interface BackupWriter {
  /** Begins a part; parts are written one at a time. */
  part(name: string): Promise<{ write(bytes: Uint8Array): Promise<void>; end(): Promise<void> }>;
  /** Writes the manifest: from here on the backup exists. */
  commit(facts: JsonObject, finishedAt: Date): Promise<BackupManifest>;
  /** Removes what was written. */
  abort(): Promise<void>;
}
