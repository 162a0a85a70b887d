import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { RunStatus } from '../model/run.ts';
import type { Holder, RunRecord, RunStore } from './run-store.ts';
import { isBusy, translateSqliteError } from './sqlite-errors.ts';

/**
 * SQLite waits for its turn by looking again, more and more rarely, so that one who writes without a pause can keep others out for as long
 * as they wait. Short waits, one after the other, look far more often. This many are about 15 seconds.
 */
const WAIT_MS = 20;
const WAITS = 700;

/** Records and lines in an open database of the newest version. `waits` is how many times a write waits for its turn. */
export function sqliteStore(db: DatabaseSync, file: string, waits: number = WAITS): RunStore {
  db.exec(`PRAGMA busy_timeout = ${WAIT_MS}`);
  const select = db.prepare('SELECT * FROM runs WHERE id = ?');
  const selectAll = db.prepare('SELECT * FROM runs ORDER BY rowid DESC');
  const save = db.prepare(SAVE);
  const add = db.prepare('INSERT INTO events (run, seq, line, hash) VALUES (?, ?, ?, ?)');
  const lines = db.prepare('SELECT line FROM events WHERE run = ? AND seq > ? ORDER BY seq');
  const hash = db.prepare('SELECT hash FROM events WHERE run = ? AND seq = ?');
  return {
    write: (work) => told(file, () => transaction(db, () => inTurn(() => db.exec('BEGIN IMMEDIATE'), waits), work)),
    // A read meets a busy file at its first look, not at BEGIN, and may begin anew: it has changed nothing.
    read: (work) => told(file, () => inTurn(() => transaction(db, () => db.exec('BEGIN'), work), waits)),
    record(run) {
      const row = select.get(run);
      return row && toRecord(row);
    },
    records: () => selectAll.all().map(toRecord),
    save: (record) => void save.run(...fields(record)),
    add(run, added) {
      for (const { event, line, hash } of added) add.run(run, event.seq, line, hash);
    },
    lines: (run, afterSeq) => lines.all(run, afterSeq).map(({ line }) => String(line)),
    hash: (run, seq) => hash.get(run, seq)?.hash?.toString(),
    close() {
      if (db.isOpen) db.close();
    },
  };
}

const SAVE = `
  INSERT INTO runs (id, lock, scenario, environment, created_at, status, epoch, head_seq, head_hash, holder, lease_until)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, epoch = excluded.epoch, head_seq = excluded.head_seq,
    head_hash = excluded.head_hash, holder = excluded.holder, lease_until = excluded.lease_until`;

const fields = (record: RunRecord) =>
  [
    record.id,
    record.lock,
    record.scenario,
    record.environment,
    record.createdAt,
    record.status,
    record.epoch,
    record.head.seq,
    record.head.hash,
    record.holder ? JSON.stringify(record.holder) : null,
    record.leaseUntil,
  ] as const;

function toRecord(row: Record<string, SQLOutputValue>): RunRecord {
  return {
    id: String(row.id),
    lock: String(row.lock),
    scenario: String(row.scenario),
    environment: String(row.environment),
    createdAt: String(row.created_at),
    status: String(row.status) as RunStatus,
    epoch: Number(row.epoch),
    head: { seq: Number(row.head_seq), hash: String(row.head_hash) },
    leaseUntil: String(row.lease_until),
    ...(row.holder ? { holder: JSON.parse(String(row.holder)) as Holder } : {}),
  };
}

/** Tries again, for a bounded time, while somebody else keeps the file busy. */
function inTurn<T>(work: () => T, waits: number): T {
  for (let left = waits; ; left--) {
    try {
      return work();
    } catch (error) {
      if (left <= 1 || !isBusy(error)) throw error;
    }
  }
}

/** SQLite takes back a failed transaction by itself in some cases, e.g. on a full disk, so it is asked first. */
function transaction<T>(db: DatabaseSync, begin: () => void, work: () => T): T {
  try {
    begin();
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Does the work; what SQLite says of it, in our words. */
function told<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateSqliteError(error, file);
  }
}
