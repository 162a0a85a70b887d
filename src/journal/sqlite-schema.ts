import type { DatabaseSync } from 'node:sqlite';
import { RUN_STATUSES } from '../model/run.ts';

/** `Life` in ASCII: tells our file from a database of another program. */
const APPLICATION_ID = 0x4c696665;

/** Each entry brings the file one version further. An entry that has been released is never changed. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    lock TEXT NOT NULL,
    scenario TEXT NOT NULL,
    environment TEXT NOT NULL,
    created_at TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN (${RUN_STATUSES.map((status) => `'${status}'`).join(', ')})),
    epoch INTEGER NOT NULL,
    head_seq INTEGER NOT NULL,
    head_hash TEXT NOT NULL,
    holder TEXT,
    lease_until TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX one_active_run ON runs (lock) WHERE status IN ('running', 'waiting', 'paused');
  CREATE TABLE events (
    run TEXT NOT NULL REFERENCES runs (id),
    seq INTEGER NOT NULL,
    line TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (run, seq)
  ) STRICT;
  CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
  CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;
  CREATE TRIGGER runs_remain BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'runs are never removed'); END;
  `,
];

/** Whose file it is, and how old. */
export type FileVersion =
  | { readonly kind: 'ours'; readonly version: number }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'foreign' };

export function fileVersion(db: DatabaseSync, migrations: readonly string[] = MIGRATIONS): FileVersion {
  if (pragma(db, 'application_id') !== APPLICATION_ID) return { kind: 'foreign' };
  const version = pragma(db, 'user_version');
  return { kind: version > migrations.length ? 'newer' : 'ours', version };
}

/** Brings a file that is ours, or new, to the newest version; a second process that comes along finds nothing left to do. */
export function migrate(db: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  db.exec('BEGIN IMMEDIATE');
  for (const sql of migrations.slice(pragma(db, 'user_version'))) db.exec(sql);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}; COMMIT`);
}

const pragma = (db: DatabaseSync, name: 'application_id' | 'user_version'): number =>
  Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
