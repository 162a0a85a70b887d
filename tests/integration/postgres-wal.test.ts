import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changedTuples, deletedTuples } from '../../src/providers/postgres/wal/deleted-tuples.ts';
import {
  type LogStretch,
  scanTransactions,
  type TransactionEffects,
} from '../../src/providers/postgres/wal/transactions.ts';
import { startServer, type TestServer } from './postgres-stream-server.ts';
import { asSource, cutUp, segments, told } from './postgres-wal-oracle.ts';

let server: TestServer;
const marks: { from: string; to: string } = { from: '', to: '' };
const xids: Record<string, number> = {};
/** By transaction and table: the ctids of rows that were there before and are not there after. */
const expected: Record<string, Record<string, string[]>> = {};
const filenodes: Record<string, number> = {};

const TABLES = ['companies', 'customers', 'notes', 'parts'] as const;
const lsn = async () => (await server.sql('SELECT pg_current_wal_flush_lsn()::text AS l'))[0]?.l as string;

beforeAll(async () => {
  // We read from the start of the segment, the oracle from the mark: nothing may commit between the switch and the mark, also not autovacuum.
  server = await startServer({ max_prepared_transactions: '5', wal_keep_size: '1GB', autovacuum: 'off' });
  await schema();
  await server.sql('CHECKPOINT');
  await server.sql('SELECT pg_switch_wal()');
  marks.from = await lsn();
  await server.sql('CHECKPOINT');
  const writers = [noise(1), noise(2)];
  await workload();
  for (const writer of writers) await writer.stop();
  for (const table of TABLES)
    filenodes[table] = (await server.sql(`SELECT pg_relation_filenode('${table}')::int AS f`))[0]?.f;
  await server.sql('SELECT pg_switch_wal()');
  marks.to = await lsn();
  stretches = await segments(server, marks.from);
}, 120_000);
afterAll(() => server?.remove());

async function schema(): Promise<void> {
  await server.sql(`
    CREATE TABLE companies (id int PRIMARY KEY, name text, size int);
    CREATE INDEX ON companies (size);
    CREATE TABLE customers (id int PRIMARY KEY, company int REFERENCES companies ON DELETE CASCADE, name text);
    CREATE INDEX ON customers (company);
    CREATE TABLE notes (id int PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE, body text);
    ALTER TABLE notes ALTER body SET STORAGE EXTERNAL;
    CREATE INDEX ON notes (customer);
    CREATE TABLE parts (id int, kind int, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
    CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2);
    CREATE TABLE scratch AS SELECT generate_series(1, 1000) AS id;
    CREATE TABLE doomed AS SELECT generate_series(1, 1000) AS id;
    CREATE TABLE noise (id bigserial PRIMARY KEY, who int, body text);
    INSERT INTO companies SELECT g, md5(g::text), g % 7 FROM generate_series(1, 2000) g;
    INSERT INTO customers SELECT g, 1 + g % 2000, md5(g::text) FROM generate_series(1, 8000) g;
    INSERT INTO notes SELECT g, 1 + g % 8000, repeat(md5(g::text), CASE WHEN g % 50 = 0 THEN 200 ELSE 1 END)
      FROM generate_series(1, 8000) g;
    INSERT INTO parts SELECT g, 1 FROM generate_series(1, 500) g;`);
}

/** Runs a transaction, and notes which rows of which tables were there before and are not there after. */
async function captured(
  name: string,
  tables: readonly string[],
  act: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = await server.client();
  const rows = async (table: string) =>
    (await client.query(`SELECT ctid::text AS at, id::text AS id FROM ${table}`)).rows;
  const before: Record<string, { at: string; id: string }[]> = {};
  for (const table of tables) before[table] = await rows(table);
  await client.query('BEGIN');
  xids[name] = Number((await client.query('SELECT pg_current_xact_id()::text AS x')).rows[0].x);
  await act(client);
  await client.query('COMMIT');
  const gone: Record<string, string[]> = {};
  for (const table of tables) {
    const left = new Set((await rows(table)).map((row) => row.id));
    gone[table] = (before[table] ?? []).filter((row) => !left.has(row.id)).map((row) => row.at);
  }
  expected[name] = gone;
  await client.end();
}

/** A writer beside it all, that also cleans up: its transactions must be told apart from the others. */
function noise(who: number): { stop(): Promise<void> } {
  let on = true;
  const running = (async () => {
    const client = await server.client();
    while (on) {
      await client.query(`INSERT INTO noise (who, body) SELECT ${who}, md5(g::text) FROM generate_series(1, 40) g`);
      await client.query(`UPDATE noise SET body = 'x' WHERE who = ${who} AND id % 3 = 0`);
      await client.query(`DELETE FROM noise WHERE id IN (SELECT id FROM noise WHERE who = ${who} LIMIT 20)`);
      await client.query('BEGIN');
      await client.query(`DELETE FROM noise WHERE who = ${who}`);
      await client.query('ROLLBACK');
      await client.query('VACUUM (ANALYZE, SKIP_LOCKED) noise');
    }
    await client.end();
  })();
  return {
    stop: () => {
      on = false;
      return running;
    },
  };
}

async function workload(): Promise<void> {
  const three = ['companies', 'customers', 'notes'];
  await captured('cascade', three, async (c) => {
    await c.query('DELETE FROM companies WHERE id <= 300');
  });
  await captured('everything', three, async (c) => {
    const run = (sql: string) => c.query(sql);
    await run('UPDATE companies SET name = name || $$!$$ WHERE id BETWEEN 301 AND 500'); // HOT where there is room
    await run('UPDATE companies SET size = size + 100 WHERE id BETWEEN 401 AND 600'); // never HOT: size has an index
    await run('UPDATE companies SET size = size + 1 WHERE id BETWEEN 450 AND 460');
    await run('SAVEPOINT a');
    await run('DELETE FROM companies WHERE id BETWEEN 700 AND 900');
    await run('ROLLBACK TO a');
    await run('DELETE FROM companies WHERE id BETWEEN 440 AND 520');
    await run('SAVEPOINT b');
    await run('UPDATE companies SET name = $$b$$ WHERE id BETWEEN 521 AND 540');
    await run('SAVEPOINT c');
    await run('DELETE FROM companies WHERE id BETWEEN 521 AND 530');
    await run('RELEASE c');
    await run('RELEASE b');
    await run('SAVEPOINT d');
    await run('UPDATE companies SET name = $$d$$ WHERE id BETWEEN 610 AND 620');
    await run('ROLLBACK TO d');
    await run('DELETE FROM companies WHERE id BETWEEN 610 AND 620');
    await run('INSERT INTO companies SELECT g, $$new$$, 1 FROM generate_series(5001, 6500) g');
    await run('DELETE FROM companies WHERE id BETWEEN 5500 AND 6000');
    await run('UPDATE companies SET size = 5 WHERE id BETWEEN 6001 AND 6100');
    await run('DELETE FROM companies WHERE id BETWEEN 6001 AND 6050');
    await run('DELETE FROM notes WHERE id BETWEEN 7000 AND 7050');
    await run('INSERT INTO notes SELECT id, 7998, $$again$$ FROM generate_series(7000, 7010) id');
    await run('DELETE FROM notes WHERE id BETWEEN 7000 AND 7050');
    await run('SELECT 1 FROM companies WHERE id BETWEEN 1000 AND 1100 FOR UPDATE');
    await run('INSERT INTO companies VALUES (1001, $$x$$, 1) ON CONFLICT (id) DO UPDATE SET name = excluded.name');
    await run(`DO $$ BEGIN FOR i IN 1200..1290 LOOP
      BEGIN DELETE FROM companies WHERE id = i; IF i % 2 = 0 THEN RAISE 'no'; END IF;
      EXCEPTION WHEN raise_exception THEN NULL; END; END LOOP; END $$`);
  });
  await captured('copied', ['companies'], async (c) => {
    await c.query('CREATE TEMP TABLE t ON COMMIT DROP AS SELECT g AS id FROM generate_series(1, 10) g');
    await c.query(`COPY companies FROM PROGRAM 'seq -f "%.0f,copied,3" 9001 9700' WITH (FORMAT csv)`);
    await c.query('DELETE FROM companies WHERE id BETWEEN 9100 AND 9300');
    await c.query('DELETE FROM companies WHERE id BETWEEN 1300 AND 1310');
  });
  await captured('moved', ['parts_1', 'parts_2'], async (c) => {
    await c.query('UPDATE parts SET kind = 2 WHERE id <= 100');
    await c.query('DELETE FROM parts WHERE id <= 50');
  });
  await captured('truncated', ['scratch'], async (c) => void (await c.query('TRUNCATE scratch')));
  await captured('dropped', [], async (c) => void (await c.query('DROP TABLE doomed')));
  await prepared();
}

async function prepared(): Promise<void> {
  const client = await server.client();
  await client.query('BEGIN');
  xids.prepared = Number((await client.query('SELECT pg_current_xact_id()::text AS x')).rows[0].x);
  const { rows } = await client.query(
    'SELECT ctid::text AS at FROM companies WHERE id BETWEEN 1900 AND 1950 ORDER BY id',
  );
  expected.prepared = { companies: rows.map((row) => row.at) };
  await client.query('SAVEPOINT s');
  await client.query('DELETE FROM companies WHERE id BETWEEN 1900 AND 1950');
  await client.query('RELEASE s');
  await client.query("PREPARE TRANSACTION 'later'");
  await client.query("INSERT INTO noise (who, body) VALUES (9, 'between')");
  await client.query("COMMIT PREPARED 'later'");
  await client.query('BEGIN');
  xids.takenBack = Number((await client.query('SELECT pg_current_xact_id()::text AS x')).rows[0].x);
  await client.query('DELETE FROM companies WHERE id BETWEEN 1951 AND 1999');
  await client.query("PREPARE TRANSACTION 'never'");
  await client.query("ROLLBACK PREPARED 'never'");
  await client.end();
}

/** Read once: the oracle's own sessions may write. */
let stretches: LogStretch[];
const source = async () => asSource(stretches);

describe('transactions', () => {
  test('numbers, positions and counts are those that PostgreSQL itself tells', async () => {
    const ours = await scanTransactions(await source());
    const theirs = await told(server, marks.from, marks.to);
    const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
    const told_ = theirs.map(({ xid, lsn: at, deleted, updated, inserted }) => ({
      xid,
      lsn: at,
      deleted,
      updated,
      inserted,
    }));
    const found = ours.map(({ xid, commitLsn, relations }) => ({
      xid,
      lsn: commitLsn,
      deleted: sum(relations.map((r) => r.deleted)),
      updated: sum(relations.map((r) => r.updated)),
      inserted: sum(relations.map((r) => r.inserted)),
    }));
    expect(theirs.length).toBeGreaterThan(20);
    expect(found.filter(({ lsn: at }) => at < (told_.at(-1)?.lsn ?? 0n) + 1n)).toEqual(told_);
  });

  test('the rolled back are left out, the dropped and the truncated are told', async () => {
    const found = await scanTransactions(await source(), { onlyDestructive: true });
    const byXid = new Map(found.map((t) => [t.xid, t]));
    expect(byXid.has(xids.takenBack as number)).toBe(false);
    expect(byXid.get(xids.truncated as number)?.droppedFilenodes).toHaveLength(1);
    expect(byXid.get(xids.dropped as number)?.droppedFilenodes).toHaveLength(1);
    expect(byXid.get(xids.prepared as number)?.relations[0]?.deleted).toBe(51);
    expect(found.every((t) => t.droppedFilenodes.length > 0 || t.relations.some((r) => r.deleted > 0))).toBe(true);
    expect(found.every((t) => t.complete)).toBe(true);
    const [db] = await server.sql("SELECT oid::int AS oid FROM pg_database WHERE datname = 'postgres'");
    for (const xid of Object.values(xids)) expect(byXid.get(xid)?.database ?? db?.oid).toBe(db?.oid);
  });

  test('time: only what committed then or later', async () => {
    const all = await scanTransactions(await source());
    const middle = (all[Math.floor(all.length / 2)] as TransactionEffects).committedAt;
    const some = await scanTransactions(await source(), { from: middle });
    expect(some).toEqual(all.filter((t) => t.committedAt >= middle));
    expect(Math.abs(middle.getTime() - Date.now())).toBeLessThan(120_000);
  });

  test.each([1, 2, 3, 4])('the same from pieces that are cut anywhere (%i)', async (seed) => {
    const cut = await scanTransactions(asSource(cutUp(stretches, seed)));
    expect(cut).toEqual(await scanTransactions(asSource(stretches)));
  });

  test('a piece that is missing is a gap, and says where', async () => {
    const pieces = cutUp(stretches, 7).filter((_, i) => i !== 5);
    await expect(scanTransactions(asSource(pieces))).rejects.toMatchObject({ code: 'LOG_GAP' });
  });
});

describe('deleted rows', () => {
  const positions = async (name: string, pieces = 0) => {
    const found = await deletedTuples(asSource(pieces ? cutUp(stretches, pieces) : stretches), xids[name] as number);
    return (filenode: number | undefined) =>
      (found.get(filenode ?? 0) ?? []).map(({ block, offset }) => `(${block},${offset})`);
  };

  test.each([
    ['cascade', 0],
    ['everything', 0],
    ['everything', 11],
    ['copied', 0],
    ['prepared', 12],
  ])('%s: the places are those that SQL saw before (%i)', async (name, pieces) => {
    const at = await positions(name, pieces);
    for (const [table, ctids] of Object.entries(expected[name] ?? {})) {
      expect(ctids.length).toBeGreaterThan(0);
      expect(at(filenodes[table]).sort()).toEqual([...ctids].sort());
    }
  });

  test('a row that moved to another partition is not deleted: it is told apart', async () => {
    const [one] = await server.sql("SELECT pg_relation_filenode('parts_1')::int AS f");
    const [two] = await server.sql("SELECT pg_relation_filenode('parts_2')::int AS f");
    const at = await positions('moved');
    expect([at(one?.f), at(two?.f)]).toEqual([[], []]);
    const { tables } = await changedTuples(asSource(stretches), xids.moved as number);
    expect(tables.get(one?.f)?.moved).toHaveLength(100);
    expect(tables.get(two?.f)?.moved ?? []).toEqual([]);
  });

  test('rolled back and unknown transactions are told apart', async () => {
    await expect(positions('takenBack')).rejects.toMatchObject({ code: 'TARGET_FAILED' });
    await expect(deletedTuples(await source(), 4_000_000)).rejects.toMatchObject({ code: 'LOG_GAP' });
  });

  test('log that begins in the middle of the transaction is refused', async () => {
    const all = Buffer.concat(stretches.map((s) => s.bytes));
    const found = (await scanTransactions(asSource(stretches))).find((t) => t.xid === xids.everything);
    const start = (found?.commitLsn ?? 0n) - 40_000n;
    const tail = { start, bytes: all.subarray(Number(start - (stretches[0]?.start ?? 0n))) };
    await expect(deletedTuples(asSource([tail]), xids.everything as number)).rejects.toMatchObject({ code: 'LOG_GAP' });
  });
});
