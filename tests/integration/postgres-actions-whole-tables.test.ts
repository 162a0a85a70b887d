import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KnownError } from '../../src/model/errors.ts';
import { baseBackup } from '../../src/providers/postgres/actions/base-backup.ts';
import { discardSide } from '../../src/providers/postgres/actions/discard-side.ts';
import { dump } from '../../src/providers/postgres/actions/dump.ts';
import { extractRows } from '../../src/providers/postgres/actions/extract-rows.ts';
import { findDeletion } from '../../src/providers/postgres/actions/find-deletion.ts';
import { restoreSide } from '../../src/providers/postgres/actions/restore-side.ts';
import type { RemovedFiles } from '../../src/providers/postgres/client-api.ts';
import { type TestWorld, testWorld } from './postgres-actions-world.ts';

const database = { component: 'database' };
const signal = new AbortController().signal;

async function find(world: TestWorld, more: object = {}): Promise<KnownError> {
  const refused = await world.perform(findDeletion, { ...database, ...more }).catch((error: unknown) => error);
  if (refused instanceof KnownError) return refused;
  throw new Error(`found: ${JSON.stringify(refused)}`);
}

/** What a person sees who runs `lifeboat restore database --to LSN` and connects to it. */
async function rowsAt(world: TestWorld, lsn: string, sql: string): Promise<unknown> {
  const side = await world.perform(restoreSide, { ...database, at_lsn: lsn });
  const client = new pg.Client({ host: side.socket_folder, port: 5432, user: 'postgres', database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`SET lock_timeout = '2s'`);
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
    await world.perform(discardSide, { ...database, instance: side.instance });
  }
}

describe.each([15, 18])('tables that were taken whole, on PostgreSQL %i', (major) => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await testWorld({ major, database: { tables: ['orders', 'public.customers', 'moved', 'parts_1'] } });
    await world.sql(`
      CREATE TABLE orders (id int PRIMARY KEY, body text);
      INSERT INTO orders SELECT i, repeat('x', 100) FROM generate_series(1, 1000) i;
      CREATE TABLE customers (id int PRIMARY KEY, name text);
      INSERT INTO customers SELECT i, 'name ' || i FROM generate_series(1, 300) i;
      CREATE TABLE moved (id int PRIMARY KEY, at int); INSERT INTO moved SELECT i, i FROM generate_series(1, 50) i;
      CREATE TABLE parts (id int) PARTITION BY RANGE (id);
      CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
      INSERT INTO parts SELECT generate_series(1, 20);
      CREATE TABLE unlisted (id int); INSERT INTO unlisted VALUES (1)`);
    await world.perform(baseBackup, database);
  }, 60_000);
  afterAll(async () => world?.close());

  const removed = async (): Promise<readonly RemovedFiles[]> =>
    (await world.client.findDeletions({ ...database, since: new Date(0), signal, log: () => undefined })).removedFiles;

  test('what rewrites a table or deals with indexes and passing tables is not told', async () => {
    await world.sql('VACUUM FULL customers');
    await world.sql('ALTER TABLE moved ALTER at TYPE bigint');
    await world.sql('REINDEX TABLE moved');
    await world.sql('CREATE INDEX by_at ON moved (at)');
    await world.sql('DROP INDEX by_at');
    await world.sql('CREATE MATERIALIZED VIEW seen AS SELECT * FROM moved');
    await world.sql('REFRESH MATERIALIZED VIEW seen');
    await world.sql('BEGIN; CREATE TABLE passing (id int); DROP TABLE passing; COMMIT');
    await world.sql('CREATE TEMP TABLE passing (id int); DROP TABLE passing');
    await world.sql('TRUNCATE unlisted');
    expect(await removed()).toEqual([]);
  });

  test('TRUNCATE, twice and with work around it: the command leads to the rows as they were just before', async () => {
    await world.sql('BEGIN; ALTER TABLE customers ADD note text; TRUNCATE orders, parts; COMMIT');
    await world.sql('INSERT INTO orders VALUES (1, $$later$$)');
    await world.sql('TRUNCATE orders');
    const [first, second, ...none] = await removed();
    expect(none).toEqual([]);
    expect(first?.tables.map(({ table }) => table)).toEqual(['public.orders', 'public.parts_1']);
    expect(second?.tables.map(({ table }) => table)).toEqual(['public.orders']);
    const error = await find(world, { xid: first?.xid });
    expect(error.code).toBe('TARGET_FAILED');
    expect(error.message).toContain(
      `transaction ${first?.xid}, committed at ${first?.committedAt} (${first?.commitLsn})`,
    );
    const lsn = /public\.orders: lifeboat restore database --to (\S+)/.exec(error.message)?.[1] ?? '';
    const count = 'SELECT count(*)::int AS rows FROM orders';
    expect(await rowsAt(world, lsn, count)).toEqual([{ rows: 1000 }]);
    expect(await rowsAt(world, second?.tables[0]?.before ?? '', count)).toEqual([{ rows: 1 }]);
    // Just before the commit the table is locked, which is why that position is not told.
    await expect(rowsAt(world, first?.commitLsn ?? '', count)).rejects.toMatchObject({ code: '55P03' });
  }, 60_000);

  test('DROP TABLE', async () => {
    await world.sql('DROP TABLE customers');
    const dropped = (await removed()).at(-1);
    expect(dropped?.tables).toMatchObject([{ before: expect.any(String) }]);
    const { message } = await find(world, { xid: dropped?.xid });
    const lsn = /does not exist any more: lifeboat restore database --to (\S+)$/.exec(message)?.[1] ?? '';
    expect(await rowsAt(world, lsn, 'SELECT count(*)::int AS rows FROM customers')).toEqual([{ rows: 300 }]);
  }, 60_000);
});

describe('a transaction that was open when a base backup began', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await testWorld({ major: 15 });
    await world.sql(`CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 100)`);
  }, 60_000);
  afterAll(async () => world?.close());

  /** Deletes 40 rows before the backup and `after` rows after it, in one transaction that goes on for two more seconds. */
  async function acrossBackup(from: number, after: number): Promise<{ xid: number; backedUpAt: number }> {
    const client = new pg.Client({ connectionString: world.uri });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query('DELETE FROM orders WHERE id >= $1 AND id < $1 + 40', [from]);
      await world.perform(baseBackup, database);
      const backedUpAt = Date.now();
      await client.query('DELETE FROM orders WHERE id >= $1 + 40 AND id < $1 + 40 + $2', [from, after]);
      const xid = (await client.query<{ xid: number }>('SELECT pg_current_xact_id()::text::int AS xid')).rows[0]?.xid;
      await client.query('SELECT pg_sleep(2)');
      await client.query('COMMIT');
      return { xid: xid ?? 0, backedUpAt };
    } finally {
      await client.end();
    }
  }

  test('is refused when there is no older one, whether the log has something of it or nothing', async () => {
    const none = await find(world);
    expect(none).toMatchObject({ code: 'POINT_NOT_FOUND', hint: expect.stringContaining('no dump either') });
    await world.perform(dump, database);
    expect(await find(world)).toMatchObject({
      code: 'POINT_NOT_FOUND',
      hint: expect.stringMatching(/lifeboat points.*README\.txt/),
    });
    await acrossBackup(1, 0);
    const unseen = await find(world);
    expect(unseen).toMatchObject({ code: 'LOG_GAP', message: expect.stringContaining('0 rows or more') });
    await world.sql('INSERT INTO orders SELECT generate_series(1, 40)');
    const lsn = /lifeboat restore database --to (\S+)$/.exec(unseen.message)?.[1] ?? '';
    expect(await rowsAt(world, lsn, 'SELECT count(*)::int AS rows FROM orders')).toEqual([{ rows: 100 }]);
  }, 60_000);

  test('is counted and taken out whole with the help of the older one', async () => {
    const { xid, backedUpAt } = await acrossBackup(1, 20);
    // A span that begins after the backup and before the commit, so that this backup is the one to begin with.
    const since = { within: `${Date.now() - backedUpAt}ms` };
    const found = await world.perform(findDeletion, { ...database, ...since, xid });
    expect(found.rows).toBe(60);
    const side = await world.perform(restoreSide, { ...database, commit_lsn: found.commit_lsn });
    expect(world.log.join('\n')).toContain('has only their end');
    const at = { xid, commit_lsn: found.commit_lsn, instance: side.instance };
    expect(await world.perform(extractRows, { ...database, ...at })).toMatchObject({ rows: 60 });
    await world.perform(discardSide, { ...database, instance: side.instance });
  }, 60_000);
});
