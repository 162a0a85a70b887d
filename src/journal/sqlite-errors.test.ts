import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../lib/clock.ts';
import { KnownError } from '../model/errors.ts';
import { createdEvent } from './journal.testsuite.ts';
import { keepJournal } from './keep-journal.ts';
import { fakeMachines } from './memory-journal.fake.ts';
import { translateSqliteError } from './sqlite-errors.ts';
import { migrate } from './sqlite-schema.ts';
import { sqliteStore } from './sqlite-store.ts';

const clock: Clock = { now: () => new Date('2026-01-14T03:00:00Z'), sleep: () => Promise.resolve() };
const origin = { id: 'run-1', lock: 'shop/production', by: 'ana', origin: createdEvent() };
let folder = '';
let db: DatabaseSync;
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-journal-'));
  file = join(folder, 'journal.sqlite');
  db = new DatabaseSync(file, { timeout: 20 });
  db.exec('PRAGMA journal_mode = WAL');
  migrate(db);
});
afterEach(() => {
  if (db.isOpen) db.close();
  rmSync(folder, { recursive: true, force: true });
});

const journalHere = () => keepJournal(sqliteStore(db, file, 20), { clock, machine: fakeMachines().start() });

describe('when SQLite cannot', () => {
  test('a full disk is said, what was kept stays whole, and with room it goes on', async () => {
    const journal = journalHere();
    const claim = await journal.create(origin);
    const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
    db.exec(`PRAGMA max_page_count = ${pages}`);
    const large = { type: 'step.noted', step: 'find', note: 'x'.repeat(50_000) } as const;
    await expect(journal.append(claim, 'ana', [large])).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: `there is no room left for the run journal ${file}`,
    });
    expect(await journal.events('run-1')).toHaveLength(2);
    db.exec('PRAGMA max_page_count = 100000');
    await journal.append(claim, 'ana', [large]);
    expect(await journal.events('run-1')).toHaveLength(3);
  });

  test('a journal that another process keeps busy is an error with an end', async () => {
    const journal = journalHere();
    await journal.create(origin);
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(journal.claim('run-1', 'bob')).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(await journal.events('run-1')).toHaveLength(2);
    other.exec('ROLLBACK');
    other.close();
    await journal.signal('run-1', 'bob', { type: 'run.canceled', reason: 'x' });
  });

  // SQLite itself says this to a reader while another process mends the file after a crash (SQLITE_BUSY_RECOVERY).
  test('a reader that meets a busy file looks again, and gives up at the end', () => {
    const looks = (busyFor: number) => {
      let left = busyFor;
      return sqliteStore(db, file, 5).read(() => {
        if (left-- > 0) throw sqlite(5 | (1 << 8));
        return db.prepare('SELECT 1 AS one').get()?.one;
      });
    };
    expect(looks(4)).toBe(1);
    expect(() => looks(5)).toThrow(expect.objectContaining({ code: 'TIMED_OUT' }));
    expect(db.isTransaction).toBe(false);
  });
});

const sqlite = (errcode: number) => Object.assign(new Error('no'), { code: 'ERR_SQLITE_ERROR', errcode });
const system = (code: string) => Object.assign(new Error('no'), { code });

test.each<[Error, string]>([
  [sqlite(13), 'DISK_FULL'],
  [sqlite(5 | (2 << 8)), 'TIMED_OUT'],
  [sqlite(11), 'JOURNAL_DAMAGED'],
  [sqlite(26), 'JOURNAL_DAMAGED'],
  [sqlite(3), 'TARGET_DENIED'],
  [sqlite(8), 'TARGET_DENIED'],
  [sqlite(14), 'TARGET_DENIED'],
  [sqlite(10 | (3 << 8)), 'TARGET_FAILED'],
  [system('ENOSPC'), 'DISK_FULL'],
  [system('EDQUOT'), 'DISK_FULL'],
  [system('EACCES'), 'TARGET_DENIED'],
  [system('EEXIST'), 'TARGET_DENIED'],
])('%o is %s', (error, code) => {
  expect(translateSqliteError(error, file)).toMatchObject({ code, cause: error, hint: expect.stringMatching(/.{20}/) });
});

test('what we do not know stays what it is', () => {
  const known = new KnownError('RUN_LOCKED', 'a', 'b');
  for (const error of [known, 'text', new TypeError('x'), sqlite(1), system('EMFILE')])
    expect(translateSqliteError(error, file)).toBe(error);
});
