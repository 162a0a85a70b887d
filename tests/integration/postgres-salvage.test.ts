import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { baseBackup } from '../../src/providers/postgres/actions/base-backup.ts';
import { discardSide } from '../../src/providers/postgres/actions/discard-side.ts';
import { extractRows } from '../../src/providers/postgres/actions/extract-rows.ts';
import { extractTables } from '../../src/providers/postgres/actions/extract-tables.ts';
import { findDeletion } from '../../src/providers/postgres/actions/find-deletion.ts';
import { restoreSide } from '../../src/providers/postgres/actions/restore-side.ts';
import { openPostgres } from '../../src/providers/postgres/client.ts';
import type { Loaded } from '../../src/providers/postgres/client-api.ts';
import { type TestWorld, testWorld } from './postgres-actions-world.ts';

/* One server for all of it, and for most of it one transaction, so that one side instance serves many awkward tables. */
const database = { component: 'database' };
const signal = new AbortController().signal;
let world: TestWorld;

beforeAll(async () => {
  world = await testWorld({ major: 15 });
  await world.sql(`
    CREATE TABLE renamed (id int PRIMARY KEY, body text, gone text); INSERT INTO renamed SELECT i, 'b' || i, 'g' FROM generate_series(1, 9) i;
    CREATE TABLE parts (id int, day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1); CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2);
    INSERT INTO parts SELECT i, 1 + i % 2 FROM generate_series(1, 9) i;
    CREATE TABLE owners (id int PRIMARY KEY, name text UNIQUE); INSERT INTO owners SELECT i, 'owner ' || i FROM generate_series(1, 9) i;
    CREATE TABLE pets (id int PRIMARY KEY, owner int REFERENCES owners ON UPDATE CASCADE ON DELETE SET NULL);
    INSERT INTO pets SELECT i, i FROM generate_series(1, 9) i;
    CREATE TABLE booked (id int PRIMARY KEY, during int4range, EXCLUDE USING gist (during WITH &&));
    INSERT INTO booked SELECT i, int4range(i * 10, i * 10 + 9) FROM generate_series(1, 9) i;
    CREATE TABLE old (id int PRIMARY KEY); CREATE TABLE young () INHERITS (old);
    INSERT INTO old VALUES (1), (2); INSERT INTO young VALUES (1);
    CREATE TABLE counted (id serial PRIMARY KEY, note text); INSERT INTO counted SELECT i, 'n' FROM generate_series(1, 9) i;
    CREATE TABLE noted (line text); CREATE TABLE noisy (id int PRIMARY KEY);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO noted VALUES (TG_OP); RETURN NULL; END $$;
    CREATE TRIGGER loud AFTER INSERT ON noisy FOR EACH ROW EXECUTE FUNCTION note();
    CREATE TRIGGER always AFTER INSERT ON noisy FOR EACH STATEMENT EXECUTE FUNCTION note(); ALTER TABLE noisy ENABLE ALWAYS TRIGGER always;
    INSERT INTO noisy SELECT generate_series(1, 9); TRUNCATE noted;
    CREATE UNLOGGED TABLE passing (id int); CREATE VIEW seen AS SELECT * FROM owners;
    CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Päck ""1""" text);
    CREATE TABLE lines (id int PRIMARY KEY, "order" int REFERENCES orders);
    INSERT INTO orders ("Päck ""1""") SELECT 'o' || i FROM generate_series(1, 300) i; INSERT INTO lines SELECT i, i FROM generate_series(1, 300) i`);
  await world.perform(baseBackup, database);
}, 120_000);
afterAll(async () => world?.close());

async function transaction(sql: string): Promise<number> {
  await world.sql('CREATE TABLE IF NOT EXISTS marks (name text)');
  await world.sql(`BEGIN; ${sql}; INSERT INTO marks VALUES ('x'); COMMIT`);
  const [row] = await world.sql<{ xid: number }>('SELECT max(xmin::text::int8)::int AS xid FROM marks');
  return row?.xid ?? 0;
}

describe('one transaction over awkward tables', () => {
  let salvage: string;
  const load = (more: object = {}, client = world.client): Promise<Loaded> =>
    client.load({ ...database, salvage, triggers: 'quiet', signal, beforeCommit: async () => undefined, ...more });

  beforeAll(async () => {
    const xid = await transaction(`
      DELETE FROM renamed WHERE id < 4; UPDATE renamed SET body = 'harm' WHERE id = 5;
      UPDATE parts SET day = 2 WHERE id = 2; DELETE FROM parts WHERE id = 4;
      DELETE FROM owners WHERE id = 2; UPDATE owners SET name = 'owner 2' WHERE id = 1; UPDATE owners SET id = 90 WHERE id = 9;
      DELETE FROM booked WHERE id < 3; DELETE FROM ONLY old WHERE id = 1; DELETE FROM counted WHERE id > 5; DELETE FROM noisy WHERE id < 3`);
    const { commit_lsn, updated_rows } = await world.perform(findDeletion, { ...database, xid });
    expect(updated_rows).toBeGreaterThan(3);
    const { instance } = await world.perform(restoreSide, { ...database, commit_lsn });
    const taken = await world.perform(extractRows, { ...database, xid, commit_lsn, instance, updated: true });
    expect(taken).toMatchObject({ rows: 14, updated_rows: 5, moved_rows: 1 });
    salvage = taken.salvage;
    const whole = (tables: string[]) => world.perform(extractTables, { ...database, instance, tables });
    await expect(whole(['seen'])).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringMatching(/view/),
    });
    await expect(whole(['passing'])).rejects.toThrow(/public\.passing is unlogged/);
    await expect(whole(['nothing'])).rejects.toThrow(/no table nothing/);
    await world.perform(discardSide, { ...database, instance });
    await world.sql(`
      ALTER TABLE renamed RENAME body TO content; ALTER TABLE renamed DROP gone; ALTER TABLE renamed ADD since int NOT NULL DEFAULT 7;
      ALTER TABLE renamed RENAME TO called_so_today;
      ALTER TABLE parts DETACH PARTITION parts_1; CREATE TABLE parts_now PARTITION OF parts FOR VALUES IN (1, 3);
      INSERT INTO parts SELECT * FROM parts_1; DROP TABLE parts_1;
      INSERT INTO booked VALUES (99, int4range(22, 23))`);
  }, 120_000);

  test('a role that may not keep triggers quiet is told before anything is written, and may let them be set off', async () => {
    await world.sql(
      `CREATE ROLE loader LOGIN PASSWORD 'of-loader' IN ROLE pg_read_all_data, pg_write_all_data, pg_monitor`,
    );
    const uri = Object.assign(new URL(world.uri), { username: 'loader', password: 'of-loader' }).href;
    const client = openPostgres({ ...world.services, secret: () => uri });
    await expect(load({}, client)).rejects.toMatchObject({
      code: 'TARGET_DENIED',
      message: expect.stringContaining('public.noisy (always, loud)'),
      hint: expect.stringContaining('GRANT SET ON PARAMETER session_replication_role TO "loader"'),
    });
    const stop = async () => Promise.reject(new Error('stop'));
    await expect(load({ triggers: 'fire', beforeCommit: stop }, client)).rejects.toThrow('stop');
    expect(await world.sql('SELECT FROM noisy WHERE id < 3')).toEqual([]);
    // Sequences know of no rollback: that attempt has moved it.
    await world.sql(`SELECT setval('counted_id_seq', 1, false)`);
  });

  test('all of it that can be back is back, over renamed columns and new partitions; the rest is told', async () => {
    const foreseen = await world.client.previewLoad({ ...database, salvage, signal });
    const { tables, conflicts, notes } = await load();
    expect(Object.fromEntries(tables.map((one) => [one.table, [one.inserted, one.restored, one.conflicting]]))).toEqual(
      {
        'public.called_so_today': [3, 1, 0],
        'public.parts': [1, 0, 1],
        'public.owners': [1, 1, 1],
        'public.pets': [0, 1, 1],
        'public.booked': [1, 0, 1],
        'public.old': [1, 0, 0],
        'public.counted': [4, 0, 0],
        'public.noisy': [2, 0, 0],
      },
    );
    expect(conflicts.toSorted((a, b) => a.table.localeCompare(b.table))).toEqual([
      { table: 'public.booked', kind: 'taken', row: 'id=2', rule: 'another rule' },
      { table: 'public.owners', kind: 'key changed', row: 'id=9', other: 'id=90' },
      { table: 'public.parts', kind: 'moved', row: 'id=2, day=1' },
      expect.objectContaining({ table: 'public.pets', kind: 'no parent', row: 'id=9', other: 'owner=9' }),
    ]);
    expect(notes).toEqual(
      expect.arrayContaining([
        'public.renamed is called public.called_so_today today',
        'public.renamed: the column body is called content today',
        expect.stringMatching(/renamed: the values of gone are left out/),
        expect.stringMatching(/renamed: since was added since/),
        'the trigger always of public.noisy is set to ALWAYS or REPLICA, and was set off',
        'the sequence public.counted_id_seq goes on after the rows that were put back',
      ]),
    );
    // What only becomes free in the course of it is a conflict still when looked at beforehand.
    const owners = foreseen.tables.find(({ table }) => table === 'public.owners');
    expect(owners).toMatchObject({ inserted: 0, restored: 1, conflicting: 2 });
    expect(await world.sql('SELECT line FROM noted')).toEqual([{ line: 'INSERT' }]);
    expect(await world.sql(`SELECT id, content, since FROM called_so_today WHERE id IN (1, 5) ORDER BY 1`)).toEqual([
      { id: 1, content: 'b1', since: 7 },
      { id: 5, content: 'b5', since: 7 },
    ]);
    expect(await world.sql(`SELECT name FROM owners WHERE id < 3 ORDER BY id`)).toEqual([
      { name: 'owner 1' },
      { name: 'owner 2' },
    ]);
    expect(await world.sql('SELECT owner FROM pets WHERE id = 2')).toEqual([{ owner: 2 }]);
    expect(await world.sql('SELECT tableoid::regclass::text AS at FROM parts WHERE id = 4')).toEqual([
      { at: 'parts_now' },
    ]);
    expect(await world.sql(`SELECT nextval('counted_id_seq')::int AS next`)).toEqual([{ next: 10 }]);
  });

  test('twice is once', async () => {
    const { tables, conflicts } = await load();
    expect(tables.reduce((sum, one) => sum + one.inserted + one.restored, 0)).toBe(0);
    expect(conflicts).toHaveLength(4);
  });

  test('a view in the place of a table, and a table that is gone, are refused', async () => {
    await world.sql('DROP TABLE noisy; CREATE VIEW noisy AS SELECT 1 AS id');
    await expect(load()).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringMatching(/public\.noisy is a view/),
    });
    await world.sql('DROP VIEW noisy');
    await expect(load()).rejects.toThrow(/public\.noisy does not exist any more/);
  });
});

describe('the command salvage', () => {
  const program = join(process.cwd(), 'bin/lifeboat.js');

  beforeAll(() => {
    const { folder, recipient } = world.store;
    writeFileSync(
      join(world.root, 'lifeboat.yaml'),
      `lifeboat: 1
plan: { name: shop, title: The shop, owner: boss, version: "1" }
domains: { here: { title: Here }, there: { title: There } }
environments: { production: { protected: true } }
people: { ada: { name: Ada Example } }
roles: { boss: { title: Boss, people: [ada] } }
repository: { folder: ${folder}, domain: there, recipients: [${recipient}], identity: '\${{ secret("env:LIFEBOAT_IDENTITY") }}' }
components:
  database: { kind: postgres, domain: here, connection: '\${{ secret("env:DATABASE_URL") }}', server: { data_folder: ${world.dataFolder}, port: ${world.port} } }
scenarios: {}
`,
    );
  });

  function lifeboat(...args: string[]) {
    const env = {
      ...process.env,
      DATABASE_URL: world.uri,
      LIFEBOAT_IDENTITY: world.store.identity,
      LIFEBOAT_STATE: join(world.root, 'state'),
    };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'salvage', 'database', ...args], {
      cwd: world.root,
      env,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  const orders = () => world.sql('SELECT count(*)::int AS rows, max(id) AS last FROM orders');

  test('shows first, asks for the name of what is protected, and puts back what nobody has written since', async () => {
    const xid = await transaction(
      `DELETE FROM lines WHERE id > 290; DELETE FROM orders WHERE id > 290; UPDATE orders SET "Päck ""1""" = 'harm' WHERE id < 4`,
    );
    await world.sql(`UPDATE orders SET "Päck ""1""" = 'later' WHERE id = 3`);
    const shown = lifeboat('--xid', String(xid), '--dry-run');
    expect(shown.stderr).not.toContain('error');
    expect(shown.stdout).toMatch(/20 lost and 2 changed rows of database would be put back/);
    expect(shown.stdout).toMatch(/public\.orders +10 +2 +0 +1/);
    expect(shown.stdout).toContain(`lifeboat salvage database --xid ${xid}`);
    expect(shown.status).toBe(0);
    const refused = lifeboat('--xid', String(xid));
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('--environment production');
    expect(await orders()).toEqual([{ rows: 290, last: 290 }]);
    const done = lifeboat('--xid', String(xid), '--environment', 'production', '--json');
    const result = JSON.parse(done.stdout);
    expect(result).toMatchObject({ xid, dry_run: false, inserted: 20, restored: 2, conflicting: 1 });
    expect(done.status).toBe(17);
    expect(JSON.parse(readFileSync(result.conflicts_file, 'utf8')).conflicts).toEqual([
      { table: 'public.orders', kind: 'changed since', row: 'id=3' },
    ]);
    expect(await orders()).toEqual([{ rows: 300, last: 300 }]);
    const again = lifeboat('--xid', String(xid), '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      inserted: 0,
      restored: 0,
      conflicting: 1,
      already_there: 20,
      unchanged: 2,
    });
  }, 240_000);

  test('brings a truncated table and a dropped one back whole, with how it was made', async () => {
    const xid = await transaction('TRUNCATE lines; DROP TABLE orders CASCADE');
    await world.sql('INSERT INTO lines VALUES (5, NULL)');
    const done = lifeboat('--xid', String(xid), '--environment', 'production', '--json');
    const result = JSON.parse(done.stdout);
    expect(result).toMatchObject({ inserted: 599, already_there: 1, conflicting: 0 });
    expect(done.status).toBe(0);
    expect(result.notes).toEqual(
      expect.arrayContaining([
        'public.orders was made again as it was',
        'the sequence public.orders_id_seq goes on after the rows that were put back',
      ]),
    );
    expect(await world.sql('SELECT "order" FROM lines WHERE id = 5')).toEqual([{ order: null }]);
    expect(await orders()).toEqual([{ rows: 300, last: 300 }]);
    expect(await world.sql(`INSERT INTO orders ("Päck ""1""") VALUES ('new') RETURNING id`)).toEqual([{ id: 301 }]);
  }, 240_000);
});
