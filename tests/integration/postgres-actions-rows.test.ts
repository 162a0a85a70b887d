import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { actionContract } from '../../src/actions/contract.testsuite.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { baseBackup } from '../../src/providers/postgres/actions/base-backup.ts';
import { blockRole } from '../../src/providers/postgres/actions/block-role.ts';
import { discardSide } from '../../src/providers/postgres/actions/discard-side.ts';
import { extractRows } from '../../src/providers/postgres/actions/extract-rows.ts';
import { findDeletion } from '../../src/providers/postgres/actions/find-deletion.ts';
import { loadRows } from '../../src/providers/postgres/actions/load-rows.ts';
import { restoreSide } from '../../src/providers/postgres/actions/restore-side.ts';
import { verifyRows } from '../../src/providers/postgres/actions/verify-rows.ts';
import { newStep, type TestWorld, testWorld } from './postgres-actions-world.ts';

/** Shapes of tables that make putting rows back hard, each with one deletion in it. */
let world: TestWorld;
beforeAll(async () => {
  world = await testWorld({ major: 15 });
});
afterAll(async () => world?.close());

const database = { component: 'database' };

/** Finds, restores beside and extracts; the side instance goes again. */
async function salvageOf(xid: number): Promise<{ salvage: string; rows: number }> {
  const found = await world.perform(findDeletion, { ...database, xid });
  const at = { xid, commit_lsn: found.commit_lsn };
  const side = await world.perform(restoreSide, { ...database, commit_lsn: found.commit_lsn });
  const extracted = await world.perform(extractRows, { ...database, ...at, instance: side.instance });
  await world.perform(discardSide, { ...database, instance: side.instance });
  expect(extracted.rows).toBe(found.rows);
  return extracted;
}

/** Runs statements in one transaction and tells its number. */
async function transaction(sql: string): Promise<number> {
  const results = (await world.sql(`BEGIN; ${sql}; SELECT pg_current_xact_id()::text::int AS xid; COMMIT`)) as unknown;
  void results;
  const [row] = await world.sql<{ xid: number }>(
    `SELECT max(xmin::text::bigint)::int AS xid FROM marks WHERE name = 'last'`,
  );
  return row?.xid ?? 0;
}

const mark = `INSERT INTO marks VALUES ('last')`;

describe('rows that are hard to put back', () => {
  beforeAll(async () => {
    await world.sql(`
      CREATE TABLE marks (name text);
      CREATE TABLE hens (id int PRIMARY KEY, egg int NOT NULL);
      CREATE TABLE eggs (id int PRIMARY KEY, hen int NOT NULL REFERENCES hens);
      ALTER TABLE hens ADD FOREIGN KEY (egg) REFERENCES eggs DEFERRABLE INITIALLY DEFERRED;
      BEGIN; INSERT INTO hens SELECT i, i FROM generate_series(1, 9) i; INSERT INTO eggs SELECT i, i FROM generate_series(1, 9) i; COMMIT;
      CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree ON DELETE CASCADE);
      INSERT INTO tree SELECT i, nullif(i / 2, 0) FROM generate_series(1, 100) i;
      CREATE TABLE loose (a int, b text);
      INSERT INTO loose SELECT i % 3, 'x' FROM generate_series(1, 30) i;
      CREATE TABLE named (id int PRIMARY KEY, name text UNIQUE, grade text);
      INSERT INTO named SELECT i, 'name ' || i FROM generate_series(1, 20) i;
      CREATE TABLE parts (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
      CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
      CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
      INSERT INTO parts SELECT i, date '2026-01-01' + i FROM generate_series(1, 50) i;
      CREATE TABLE ranked (id int PRIMARY KEY, rank int UNIQUE DEFERRABLE INITIALLY DEFERRED);
      INSERT INTO ranked SELECT i, i FROM generate_series(1, 9) i;
      CREATE TABLE wide (id int PRIMARY KEY, body text);
      ALTER TABLE wide ALTER body SET STORAGE EXTERNAL;
      INSERT INTO wide SELECT i, repeat(md5(i::text), 500) FROM generate_series(1, 20) i;`);
    await world.perform(baseBackup, database);
  });

  async function comesBack(table: string, sql: string): Promise<void> {
    const digest = `SELECT count(*)::int AS rows, md5(string_agg(t::text, '|' ORDER BY t::text)) AS all FROM ${table} t`;
    const before = await world.sql(digest);
    const { salvage, rows } = await salvageOf(await transaction(`${sql}; ${mark}`));
    expect(await world.sql(digest)).not.toEqual(before);
    const loaded = await world.perform(loadRows, { ...database, salvage });
    expect(loaded).toMatchObject({ inserted: rows, already_there: 0, conflicting: 0 });
    expect(await world.sql(digest)).toEqual(before);
    expect(await world.perform(verifyRows, { ...database, salvage })).toMatchObject({ rows, equal: rows, missing: 0 });
    expect(await world.perform(loadRows, { ...database, salvage })).toMatchObject({ inserted: 0, already_there: rows });
    expect(await world.sql(digest)).toEqual(before);
  }

  test('tables that need one another', () =>
    comesBack('hens', 'DELETE FROM eggs WHERE id < 5; DELETE FROM hens WHERE id < 5'));
  test('a table that refers to itself', () => comesBack('tree', 'DELETE FROM tree WHERE id = 2'));
  test('a table without a key: as many rows alike as there were', () =>
    comesBack('loose', 'DELETE FROM loose WHERE ctid IN (SELECT ctid FROM loose WHERE a < 2 LIMIT 13)'));
  test('a unique rule that is checked late', () => comesBack('ranked', 'DELETE FROM ranked WHERE id > 3'));
  test('partitions', () => comesBack('parts', `DELETE FROM parts WHERE day BETWEEN '2026-01-20' AND '2026-02-10'`));
  test('values stored apart, changed before they were deleted', async () => {
    const { salvage, rows } = await salvageOf(
      await transaction(`UPDATE wide SET body = 'short' WHERE id < 4; DELETE FROM wide WHERE id < 10; ${mark}`),
    );
    expect(rows).toBe(9);
    await world.perform(loadRows, { ...database, salvage });
    expect(await world.sql(`SELECT count(*)::int AS whole FROM wide WHERE body = repeat(md5(id::text), 500)`)).toEqual([
      { whole: 20 },
    ]);
  });

  test('what was written since wins, and what has taken a place is told', async () => {
    const { salvage } = await salvageOf(await transaction(`DELETE FROM named WHERE id <= 10; ${mark}`));
    await world.sql(`INSERT INTO named VALUES (1, 'name 1', 'written since'), (99, 'name 2', NULL)`);
    const ctx = newStep('load');
    await expect(world.perform(loadRows, { ...database, salvage }, ctx)).rejects.toThrow(/1 missing/);
    const [noted] = ctx.notes as [{ output: unknown }];
    expect(noted.output).toMatchObject({ inserted: 8, already_there: 1, conflicting: 1 });
    expect(await world.sql('SELECT grade FROM named WHERE id = 1')).toEqual([{ grade: 'written since' }]);
    await expect(world.perform(verifyRows, { ...database, salvage })).rejects.toThrow(/1 missing/);
    await world.sql('DELETE FROM named WHERE id = 99');
    await world.perform(loadRows, { ...database, salvage });
    expect(await world.perform(verifyRows, { ...database, salvage })).toMatchObject({ equal: 9, changed_since: 1 });
  });

  test('rows whose parent is gone are left out and told, and do not keep the others from coming back', async () => {
    const { salvage } = await salvageOf(await transaction(`DELETE FROM tree WHERE id IN (99, 100); ${mark}`));
    await world.sql('DELETE FROM tree WHERE id = 50');
    const ctx = newStep('load');
    await expect(world.perform(loadRows, { ...database, salvage }, ctx)).rejects.toThrow(/1 missing/);
    const [noted] = ctx.notes as [{ output: unknown }];
    expect(noted.output).toMatchObject({
      inserted: 1,
      conflicts: [{ kind: 'no parent', row: 'id=100', other: 'parent=50' }],
    });
    const accepted = await world.perform(loadRows, { ...database, salvage, accept_conflicts: true });
    expect(accepted).toMatchObject({ inserted: 0, already_there: 1, conflicting: 1 });
    expect(await world.sql('SELECT id FROM tree WHERE id IN (99, 100)')).toEqual([{ id: 99 }]);
  });

  test('a truncated table is not passed over in silence', async () => {
    await world.sql('CREATE TABLE staging (id int); INSERT INTO staging VALUES (1)');
    await world.sql('TRUNCATE staging');
    await expect(world.perform(findDeletion, { ...database, within: '1ms' })).rejects.toMatchObject({
      code: 'TARGET_FAILED',
    });
    await expect(world.perform(findDeletion, { ...database, at_least: 1000 })).rejects.toThrow(/TRUNCATE/);
  });

  test('a deletion that was rolled back is none', async () => {
    await world.sql('BEGIN; DELETE FROM named; ROLLBACK');
    const { signal } = new AbortController();
    const request = { ...database, since: new Date(0), signal, log: () => undefined };
    const { deletions } = await world.client.findDeletions(request);
    const ofNamed = deletions.flatMap(({ tables }) => tables).filter(({ table }) => table === 'public.named');
    expect(ofNamed.map(({ rows }) => rows).sort()).toEqual([1, 10]);
  });

  test('two deletions of about the same size: a person chooses', async () => {
    await world.sql('DELETE FROM loose WHERE a = 2');
    await expect(world.perform(findDeletion, database)).rejects.toMatchObject({ code: 'TARGET_AMBIGUOUS' });
  });
});

describe('on a real server', () => {
  let salvage: string;
  beforeAll(async () => {
    await world.sql(`CREATE TABLE kept (id int PRIMARY KEY, by text DEFAULT current_user); CREATE TABLE noted (id int);
      INSERT INTO kept SELECT generate_series(1, 50); CREATE ROLE analyst LOGIN;
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO noted VALUES (NEW.id); RETURN NULL; END $$;
      CREATE TRIGGER note AFTER INSERT ON kept FOR EACH ROW EXECUTE FUNCTION note()`);
    await world.perform(baseBackup, database);
    ({ salvage } = await salvageOf(await transaction(`DELETE FROM kept WHERE id <= 30; ${mark}`)));
  });
  beforeEach(async () => {
    await world.sql('DELETE FROM kept WHERE id <= 30; TRUNCATE noted; ALTER ROLE analyst LOGIN');
  });

  const state = async () =>
    world.sql(`SELECT (SELECT count(*) FROM kept) AS kept, (SELECT count(*) FROM noted) AS noted,
      (SELECT rolcanlogin FROM pg_roles WHERE rolname = 'analyst') AS login`);
  const system = (spoil: string) => async () => {
    await world.sql('DELETE FROM kept WHERE id <= 30; TRUNCATE noted; ALTER ROLE analyst LOGIN');
    return { client: world.client, state, spoil: async () => void (await world.sql(spoil)) };
  };

  actionContract(loadRows, {
    'rows of one table': {
      get input() {
        return { ...database, salvage };
      },
      prepare: system('DELETE FROM kept WHERE id = 7'),
      writes: ['load'],
      clock: systemClock,
    },
  });
  actionContract(blockRole, {
    'a role that can log in': {
      input: { ...database, role: 'analyst' },
      prepare: system('ALTER ROLE analyst LOGIN'),
      writes: ['blockRole', 'unblockRole'],
      clock: systemClock,
    },
  });
});
