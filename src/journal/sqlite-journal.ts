import { chmodSync, existsSync, mkdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { publishFirst } from '../lib/publish-first.ts';
import { KnownError } from '../model/errors.ts';
import type { RunJournal } from '../model/journal.ts';
import { type JournalFacts, keepJournal } from './keep-journal.ts';
import { damagedFile, translateSqliteError } from './sqlite-errors.ts';
import { fileVersion, migrate } from './sqlite-schema.ts';
import { sqliteStore } from './sqlite-store.ts';

/** Without it SQLite gives up at once when another process writes. Its waiting is not fair: on a slow disk a busy writer can starve others for seconds. */
const BUSY_MS = 15_000;

/** The journal of a state folder, in one SQLite file that several processes share. Made when it is not there. */
export function openSqliteJournal({ file, ...facts }: JournalFacts & { readonly file: string }): RunJournal {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (process.platform === 'linux') refuseNetworkFileSystem(dirname(file), statfsSync(dirname(file)).type);
    if (!existsSync(file)) createFile(file);
    return keepJournal(sqliteStore(openFile(file), file), facts);
  } catch (error) {
    throw translateSqliteError(error, file);
  }
}

/** The file appears whole or not at all, so that no other process ever meets half of it; whoever comes second uses the first one's. */
function createFile(file: string): void {
  const draft = `${file}.${process.pid}.new`;
  rmSync(draft, { force: true });
  const db = new DatabaseSync(draft, { timeout: BUSY_MS });
  try {
    chmodSync(draft, 0o600);
    db.exec('PRAGMA journal_mode = WAL');
    migrate(db);
  } finally {
    db.close();
  }
  publishFirst(draft, file);
}

/** An empty file is a journal that was cut to nothing, not a new one. */
function openFile(file: string): DatabaseSync {
  const { size, mode } = statSync(file);
  if (size === 0) throw damagedFile(file, 'is empty, so the runs that were in it are lost');
  if (mode & 0o077) chmodSync(file, 0o600);
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    refuseOtherFiles(db, file);
    db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function refuseOtherFiles(db: DatabaseSync, file: string): void {
  const found = fileVersion(db);
  if (found.kind === 'foreign') throw damagedFile(file, 'is a database of another program, not a run journal');
  if (found.kind === 'newer')
    throw new KnownError(
      'JOURNAL_DAMAGED',
      `${file} was written by a newer Lifeboat (journal version ${found.version})`,
      'Use that Lifeboat, or another state folder: --state FOLDER',
    );
}

/** SQLite's write-ahead log needs memory shared by all processes, which these do not give. https://www.sqlite.org/wal.html */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
]);

/** `type` is the number that Linux gives a file system; it may come with a sign. */
export function refuseNetworkFileSystem(folder: string, type: number): void {
  const name = NETWORK_FILE_SYSTEMS.get(type >>> 0);
  if (name === undefined) return;
  throw new KnownError(
    'USAGE',
    `the state folder ${folder} is on a network file system (${name}), where the run journal would not be safe`,
    'Choose a folder on a local disk: --state FOLDER',
  );
}
