import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FoundTransaction, LogSearchRequest } from '../../src/model/log-search.ts';
import { type PointsWorld, pointsWorld } from './postgres-points-world.ts';

/** Daily work, in the middle of which somebody destroys something. */
const TRANSACTIONS = Number(process.env.LIFEBOAT_POINTS_TRANSACTIONS ?? 8000);
let all: PointsWorld;
const xids: Record<string, number> = {};

beforeAll(async () => {
  all = await pointsWorld({ max_wal_size: '4GB', wal_keep_size: '4GB' });
  await makeTables();
  await all.backup('first');
  const acts: [string, string[]][] = [
    ['deleted', ['DELETE FROM companies WHERE id <= 400']],
    ['updated', ['UPDATE prices SET amount = 0']],
    ['truncated', ['TRUNCATE sessions']],
    ['dropped', ['DROP TABLE "Rechnungen ""2026"" ✓"']],
    ['partitions', ['TRUNCATE events']],
    [
      'nested',
      [
        'SAVEPOINT a',
        'DELETE FROM notes WHERE id <= 50',
        'RELEASE a',
        'SAVEPOINT b',
        'DELETE FROM notes',
        'ROLLBACK TO b',
      ],
    ],
    ['young', ['DELETE FROM young']],
    ['moved', ['TRUNCATE moved']],
    ['emptiedTwice', ['DROP TABLE sessions']],
  ];
  await all.server.sql('CREATE TABLE young (id int, body text)');
  await all.server.sql("INSERT INTO young SELECT g, 'x' FROM generate_series(1, 300) g");
  for (const [name, statements] of acts) {
    await load(TRANSACTIONS / acts.length);
    if (name === 'emptiedTwice')
      await all.server.sql("INSERT INTO sessions SELECT g, 'y' FROM generate_series(1, 70) g");
    if (name === 'moved') await harmless();
    xids[name] = await commit(statements);
  }
  await prepared();
  await rolledBack();
  await all.server.sql('DROP DATABASE reports');
  await load(100);
  await all.archive();
  await all.server.stop('SIGKILL');
}, 180_000);
afterAll(() => all.remove());

async function makeTables(): Promise<void> {
  const { sql } = all.server;
  await sql('CREATE TABLE companies (id int PRIMARY KEY, name text)');
  await sql("INSERT INTO companies SELECT g, 'c' || g FROM generate_series(1, 500) g");
  for (const [name, rows] of [
    ['prices', 2000],
    ['sessions', 900],
    ['"Rechnungen ""2026"" ✓"', 80],
    ['moved', 100],
    ['notes', 60],
    ['work', 3000],
  ] as const) {
    await sql(`CREATE TABLE ${name} (id int, amount text DEFAULT repeat('x', 20))`);
    await sql(`INSERT INTO ${name} SELECT g FROM generate_series(1, ${rows}) g`);
  }
  await sql('CREATE INDEX ON sessions (id)');
  await sql('CREATE UNIQUE INDEX ON work (id)');
  await sql('CREATE TABLE events (id int, body text) PARTITION BY RANGE (id)');
  await sql('CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (100)');
  await sql('CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (100) TO (200)');
  await sql("INSERT INTO events SELECT g, 'e' FROM generate_series(1, 150) g");
  await sql('CREATE TABLE ledger (id bigserial PRIMARY KEY, body text)');
  await sql('CREATE DATABASE reports');
  await sql('ANALYZE');
}

/** Each of them its own transaction, as applications write: one row changed, one added, one removed. */
const load = (count: number): Promise<unknown> =>
  all.server.sql(`DO $$ BEGIN FOR i IN 1..${Math.round(count)} LOOP
    UPDATE work SET amount = i::text WHERE id = 1001 + i % 2000;
    INSERT INTO ledger (body) VALUES (i::text);
    DELETE FROM ledger WHERE i % 2 = 0 AND id = (SELECT max(id) FROM ledger);
    COMMIT; END LOOP; END $$`);

/** What takes files away and loses nothing. */
async function harmless(): Promise<void> {
  for (const sql of [
    'VACUUM FULL moved',
    'ALTER TABLE moved ALTER id TYPE bigint',
    'CREATE INDEX moved_id ON moved (id)',
    'REINDEX TABLE moved',
    'DROP INDEX moved_id',
    'CREATE TEMP TABLE t AS SELECT 1',
    'CREATE MATERIALIZED VIEW seen AS SELECT * FROM companies',
    'REFRESH MATERIALIZED VIEW seen',
  ])
    await all.server.sql(sql);
}

async function commit(statements: readonly string[], end = 'COMMIT'): Promise<number> {
  const client = await all.server.client();
  await client.query('BEGIN');
  const xid = Number((await client.query('SELECT pg_current_xact_id()::text AS x')).rows[0].x);
  for (const statement of statements) await client.query(statement);
  await client.query(end);
  await client.end();
  return xid;
}

async function prepared(): Promise<void> {
  xids.prepared = await commit(['DELETE FROM work WHERE id <= 1000'], "PREPARE TRANSACTION 'p'");
  await load(20);
  await all.server.sql("COMMIT PREPARED 'p'");
  xids.preparedAndNot = await commit(['DELETE FROM work'], "PREPARE TRANSACTION 'q'");
  await all.server.sql("ROLLBACK PREPARED 'q'");
}

async function rolledBack(): Promise<void> {
  xids.rolledBack = await commit(['DELETE FROM companies', 'TRUNCATE prices', 'DROP TABLE work'], 'ROLLBACK');
}

const suspicious = async (over: Partial<LogSearchRequest>): Promise<readonly FoundTransaction[]> =>
  (await all.find(over)).found.filter((one) => one.suspicious);

describe('with the database down, exactly the destructive transaction is named', () => {
  test.each<[string, string, LogSearchRequest['kinds'], object]>([
    ['deleted', 'companies', ['deleted'], { table: 'public.companies', deleted: 400, rows: 500 }],
    ['updated', 'public.prices', ['updated'], { table: 'public.prices', updated: 2000, rows: 2000 }],
    ['truncated', 'sessions', ['truncated'], { table: 'public.sessions', gone: 'truncated', rows: 900 }],
    ['emptiedTwice', 'sessions', ['dropped'], { table: 'public.sessions', gone: 'dropped', rows: 70 }],
    ['dropped', 'Rechnungen "2026" ✓', ['dropped'], { table: 'public.Rechnungen "2026" ✓', gone: 'dropped', rows: 80 }],
    ['nested', 'notes', ['deleted'], { table: 'public.notes', rows: 60 }],
    ['young', 'young', ['deleted'], { table: 'public.young', deleted: 300, rows: 300 }],
    ['moved', 'moved', [], { table: 'public.moved', gone: 'truncated', rows: 100 }],
    ['prepared', 'work', ['deleted'], { table: 'public.work', deleted: 1000 }],
  ])('%s: %s', async (name, table, kinds, change) => {
    const found = await suspicious({ table, kinds });
    expect(found.map(({ xid }) => xid)).toEqual([xids[name]]);
    expect(found[0]).toMatchObject({
      complete: true,
      tables: [change],
      command: expect.stringMatching(/^lifeboat restore database --to [0-9A-F]+\/[0-9A-F]+$/),
    });
  });

  test('a partitioned table by its own name', async () => {
    const found = await suspicious({ table: 'events' });
    expect(found.map(({ xid }) => xid)).toEqual([xids.partitions]);
    expect(found[0]?.tables.map(({ table, rows }) => [table, rows]).sort()).toEqual([
      ['public.events_1', 99],
      ['public.events_2', 51],
    ]);
  });

  test('a database', async () => {
    const found = await suspicious({ kinds: ['dropped'] });
    expect(found[0]).toMatchObject({ dropped_databases: ['reports'] });
  });

  test('all of them without a name, and nothing else', async () => {
    const { found, transactions, gaps, names_from } = await all.find();
    const named = found.filter((one) => one.suspicious && one.dropped_databases.length === 0).map(({ xid }) => xid);
    const { rolledBack: _a, preparedAndNot: _b, ...destructive } = xids;
    expect(named.sort()).toEqual(Object.values(destructive).sort());
    expect(transactions).toBeGreaterThanOrEqual(TRANSACTIONS);
    expect({ gaps, names: names_from.length }).toEqual({ gaps: [], names: 1 });
  });
});

test('by number, by moment and by rows', async () => {
  const byNumber = await all.find({ xid: xids.deleted as number });
  expect(byNumber.found.map(({ xid }) => xid)).toEqual([xids.deleted]);
  const at = new Date(byNumber.found[0]?.committed_at ?? 0);
  const between = await all.find({ from: at, to: at, minRows: 100 });
  expect(between.found.map(({ xid }) => xid)).toEqual([xids.deleted]);
  expect(between.within).toMatchObject({ transactions: 1, deleted: 400 });
});

test('a table that nothing names is a mistake, told with the nearest name', async () => {
  await expect(all.find({ table: 'compnies' })).rejects.toMatchObject({
    code: 'USAGE',
    hint: 'Did you mean "companies"?',
  });
});
