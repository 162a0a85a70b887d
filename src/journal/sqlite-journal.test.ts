import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../lib/clock.ts';
import type { RunJournal } from '../model/journal.ts';
import type { RunEvent } from '../model/run.ts';
import { createdEvent, journalContract } from './journal.testsuite.ts';
import { thisMachine } from './machine.ts';
import { openSqliteJournal, refuseNetworkFileSystem } from './sqlite-journal.ts';
import { fileVersion, MIGRATIONS, migrate } from './sqlite-schema.ts';

const clock: Clock = { now: () => new Date('2026-01-14T03:00:00Z'), sleep: () => Promise.resolve() };

let folder = '';
let file = '';
const opened: RunJournal[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-journal-'));
  file = join(folder, 'state', 'journal.sqlite');
});
afterEach(() => {
  for (const journal of opened.splice(0)) journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = (): RunJournal => {
  const journal = openSqliteJournal({ file, clock, machine: thisMachine() });
  opened.push(journal);
  return journal;
};

journalContract('the SQLite journal', () => ({
  open(facts) {
    const journal = openSqliteJournal({ file, ...facts });
    opened.push(journal);
    return journal;
  },
}));

/** What somebody does who has the file and no scruples. */
function tamper(sql: string, where = file): void {
  const db = new DatabaseSync(where, { timeout: 5000 });
  db.exec(`DROP TRIGGER IF EXISTS events_stay; DROP TRIGGER IF EXISTS events_remain; ${sql}`);
  db.close();
}

const note = (n: number): RunEvent => ({ type: 'step.noted', step: 'find', note: n });

async function begin(journal: RunJournal, events = 4): Promise<void> {
  const claim = await journal.create({ id: 'run-1', lock: 'shop/production', by: 'ana', origin: createdEvent() });
  for (let n = 1; n <= events; n++) await journal.append(claim, 'ana', [note(n)]);
}

describe('the file', () => {
  test('is private, whole, and durable', async () => {
    await begin(open());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(file)).filter((name) => name.includes('.new'))).toEqual([]);
    const db = new DatabaseSync(file);
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(fileVersion(db)).toEqual({ kind: 'ours', version: MIGRATIONS.length });
    db.close();
  });

  test('is made private again when it was opened up', () => {
    open().close();
    chmodSync(file, 0o644);
    open();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is all in one piece after closing, so it can be copied', async () => {
    const journal = open();
    await begin(journal);
    journal.close();
    journal.close();
    expect(readdirSync(dirname(file))).toEqual(['journal.sqlite']);
    expect(await open().events('run-1')).toHaveLength(6);
  });

  test('refuses to change or remove what is kept', async () => {
    await begin(open());
    const db = new DatabaseSync(file, { timeout: 5000 });
    expect(() => db.exec("UPDATE events SET line = 'x'")).toThrow('events are never changed');
    expect(() => db.exec('DELETE FROM events')).toThrow('events are never removed');
    expect(() => db.exec('DELETE FROM runs')).toThrow('runs are never removed');
    expect(() =>
      db.exec(
        "INSERT INTO runs SELECT 'run-2', lock, scenario, environment, created_at, status, epoch, head_seq, head_hash, holder, lease_until FROM runs",
      ),
    ).toThrow('UNIQUE');
    db.close();
  });

  test('after an error the journal can be used on', async () => {
    const journal = open();
    await begin(journal);
    await expect(journal.events('run-0')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect(await journal.events('run-1')).toHaveLength(6);
  });
});

describe('damage is named', () => {
  const shorter = "line = substr(line, 1, length(line) - 2) || '9}'";
  test.each<[string, string, RegExp]>([
    ['a line was altered', `UPDATE events SET ${shorter} WHERE seq = 4`, /event 5 of run-1 does not follow/],
    ['the last line was altered', `UPDATE events SET ${shorter} WHERE seq = 6`, /event 6 of run-1 was altered/],
    ['a line is no JSON', "UPDATE events SET line = '{' WHERE seq = 4", /event 4 of run-1 is not an event/],
    ['a line is no event', "UPDATE events SET line = '[]' WHERE seq = 4", /event 4 of run-1 is not an event/],
    ['a line is missing', 'DELETE FROM events WHERE seq = 4', /event 4 of run-1 carries the number 5/],
    ['the last line is missing', 'DELETE FROM events WHERE seq = 6', /event 6 of run-1 is missing/],
    ['all lines are missing', 'DELETE FROM events', /event 1 of run-1 is missing/],
    [
      'a line of another run',
      "UPDATE events SET line = replace(line, 'run-1', 'run-7') WHERE seq = 3",
      /event 3 of run-1 belongs to run-7/,
    ],
  ])('%s', async (_what, sql, message) => {
    await begin(open());
    tamper(sql);
    const journal = open();
    const damaged = { code: 'JOURNAL_DAMAGED', message: expect.stringMatching(message) };
    await expect(journal.events('run-1')).rejects.toMatchObject(damaged);
    await expect(journal.lines('run-1')).rejects.toMatchObject(damaged);
    await expect(journal.signal('run-1', 'bob', { type: 'run.canceled', reason: 'x' })).rejects.toMatchObject(damaged);
    expect((await journal.runs())[0]?.id).toBe('run-1');
  });

  test('by a reader that follows along, too', async () => {
    await begin(open());
    tamper(`UPDATE events SET ${shorter} WHERE seq = 5`);
    const journal = open();
    await expect(journal.events('run-1', 4)).rejects.toThrow('event 6 of run-1 does not follow');
  });

  test.each<[string, () => void, RegExp]>([
    ['not a database', () => writeFileSync(file, 'x'.repeat(5000)), /is damaged or not a run journal/],
    ['an empty file', () => truncateSync(file, 0), /is empty, so the runs/],
    ['a file cut in the middle', () => truncateSync(file, 5000), /is damaged or not a run journal/],
    ['a database of another program', () => tamper('PRAGMA application_id = 0'), /of another program/],
    ['a newer version', () => tamper('PRAGMA user_version = 99'), /by a newer Lifeboat \(journal version 99\)/],
  ])('%s', async (_what, damage, message) => {
    const journal = open();
    await begin(journal);
    journal.close();
    damage();
    const reading = async () => open().events('run-1');
    await expect(reading()).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('--state FOLDER'),
    });
    expect(existsSync(file)).toBe(true);
  });
});

describe('opening', () => {
  test('a folder that cannot be made', () => {
    writeFileSync(join(folder, 'state'), 'a file');
    expect(open).toThrow(expect.objectContaining({ code: 'TARGET_DENIED' }));
  });

  test('a folder in the place of the file', () => {
    open().close();
    file = dirname(file);
    expect(open).toThrow(expect.objectContaining({ code: 'TARGET_DENIED' }));
  });

  test.each([
    [0x6969, 'NFS'],
    [-11_317_950, 'CIFS'],
  ])('a network file system (%i) is refused: %s', (type, name) => {
    expect(() => refuseNetworkFileSystem('/net/state', type)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringContaining(`/net/state is on a network file system (${name})`),
      }),
    );
    expect(() => refuseNetworkFileSystem('/state', 0xef53)).not.toThrow();
  });

  test('an older file is brought up to date, once', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db);
    const next = [...MIGRATIONS, 'CREATE TABLE more (x TEXT) STRICT'];
    expect(fileVersion(db, next)).toEqual({ kind: 'ours', version: 1 });
    migrate(db, next);
    migrate(db, next);
    expect(fileVersion(db, next)).toEqual({ kind: 'ours', version: 2 });
    db.close();
  });
});
