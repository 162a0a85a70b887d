import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { parseLsn } from '../../src/model/lsn.ts';
import { baseBackup } from '../../src/providers/postgres/actions/base-backup.ts';
import { discardSide } from '../../src/providers/postgres/actions/discard-side.ts';
import { openServer } from '../../src/providers/postgres/actions/open-server.ts';
import { restoreServer } from '../../src/providers/postgres/actions/restore-server.ts';
import { restoreSide } from '../../src/providers/postgres/actions/restore-side.ts';
import { verifyServer } from '../../src/providers/postgres/actions/verify-server.ts';
import { withSession } from '../../src/providers/postgres/connect.ts';
import { giveTo, serverUser } from '../../src/providers/postgres/instance/as-user.ts';
import { readControlFile } from '../../src/providers/postgres/instance/control-file.ts';
import { stopServer } from '../../src/providers/postgres/instance/server.ts';
import { archiveUpTo } from '../../src/providers/postgres/stream/archive.ts';
import { newStep, type TestWorld, testWorld, type WorldOptions } from './postgres-actions-world.ts';

const database = { component: 'database' };
const open: TestWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

async function worldWith(options: WorldOptions = {}): Promise<TestWorld> {
  const world = await testWorld({ major: 15, ...options });
  open.push(world);
  return world;
}

async function store(world: TestWorld): Promise<bigint> {
  const [at] = await world.sql<{ position: string }>('SELECT pg_current_wal_flush_lsn()::text AS position');
  const position = parseLsn(at?.position ?? '');
  const { signal } = new AbortController();
  const { repository } = world.store;
  await archiveUpTo({
    connection: world.uri,
    repository,
    ...database,
    clock: systemClock,
    signal,
    position,
    timeout: 60_000,
  });
  return position;
}

const rowsIn = (world: TestWorld, socketFolder: string, table = 'orders'): Promise<number> =>
  withSession({ address: { uri: world.uri, socketFolder, port: 5432 }, what: 'test' }, async (session) => {
    const [row] = await session.query<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`);
    return row?.rows ?? -1;
  });

describe('moments', () => {
  test('a side instance stands exactly where it was told to, whatever way it was told', async () => {
    const world = await worldWith();
    await world.sql('CREATE TABLE orders (id int)');
    await world.perform(baseBackup, database);
    const xids: number[] = [];
    const times: string[] = [];
    for (let id = 1; id <= 4; id++) {
      const [row] = await world.sql<{ xid: number }>('INSERT INTO orders VALUES (1) RETURNING xmin::text::int AS xid');
      xids.push(row?.xid ?? 0);
      await new Promise((later) => setTimeout(later, 20));
      times.push(new Date().toISOString());
      await new Promise((later) => setTimeout(later, 20));
    }
    await store(world);
    const at = async (target: object): Promise<number> => {
      const side = await world.perform(restoreSide, { ...database, ...target });
      const rows = await rowsIn(world, side.socket_folder);
      await world.perform(discardSide, { ...database, instance: side.instance });
      return rows;
    };
    expect(await at({ before_xid: xids[2] })).toBe(2);
    expect(await at({ at_time: times[1] })).toBe(2);
    // Nothing committed after it: a server that was given the moment itself would refuse to start.
    expect(await at({ at_time: times[3] })).toBe(4);
    expect(await at({ latest: true })).toBe(4);
    await expect(at({ before_xid: 4_000_000 })).rejects.toMatchObject({ code: 'POINT_NOT_FOUND' });
    await expect(at({ at_lsn: 'FFFF/0' })).rejects.toMatchObject({ code: 'POINT_NOT_FOUND' });
    expect(await readdir(join(world.services.workFolder, 'instances'))).toEqual([]);
  });

  test('what somebody put where a side instance would be is left alone', async () => {
    const world = await worldWith();
    const folder = join(world.services.workFolder, 'instances', 'precious', 'data');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'file'), 'yes');
    await expect(world.client.discardSide('precious')).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    await expect(world.client.discardSide('../work')).rejects.toMatchObject({ code: 'USAGE' });
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('yes');
    await rm(join(world.services.workFolder, 'instances', 'precious'), { recursive: true });
  });
});

describe('servers that are not like the others', () => {
  test('tablespaces, limits above the usual, a synchronous standby that is gone, archiving', async () => {
    const settings = {
      max_connections: '137',
      max_prepared_transactions: '7',
      max_locks_per_transaction: '99',
      max_wal_senders: '13',
    };
    const world = await worldWith({ settings });
    const user = await serverUser();
    const space = join(world.root, 'space');
    await mkdir(space);
    await giveTo(user, space);
    await world.sql(`CREATE TABLESPACE far LOCATION '${space}'`);
    await world.sql(
      'CREATE TABLE orders (id int PRIMARY KEY) TABLESPACE far; INSERT INTO orders SELECT generate_series(1, 100)',
    );
    for (const setting of [
      'archive_mode = on',
      "archive_command = 'touch /tmp/lifeboat-test-archived'",
      "synchronous_standby_names = 'gone'",
      "primary_conninfo = 'host=192.0.2.1'",
      "recovery_target_name = 'nowhere'",
    ])
      await world.sql(`ALTER SYSTEM SET ${setting}`);
    const { limits } = await readControlFile(world.dataFolder);
    expect(limits).toMatchObject({ max_connections: 137, max_prepared_transactions: 7, max_locks_per_transaction: 99 });
    await world.perform(baseBackup, database);
    await world.sql('INSERT INTO orders SELECT generate_series(101, 150)');
    await store(world);
    const side = await world.perform(restoreSide, { ...database, latest: true });
    expect(await rowsIn(world, side.socket_folder)).toBe(150);
    await world.destroy();
    await rm(space, { recursive: true });
    const restored = await world.perform(restoreServer, database);
    expect(await world.perform(verifyServer, database)).toMatchObject({ rows: 150 });
    expect(restored.backup).toBe(side.backup);
    const archived = '/tmp/lifeboat-test-archived';
    await expect(readFile(archived)).rejects.toMatchObject({ code: 'ENOENT' });
    await world.perform(openServer, database);
    expect(world.log.join()).toContain('do not wait for the standbys gone');
    await world.sql('INSERT INTO orders VALUES (151)');
    await rm(archived, { force: true });
  });

  test('a cluster whose configuration lies outside its data folder', async () => {
    const world = await worldWith();
    await world.sql('CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)');
    await world.sql(`CREATE ROLE app LOGIN PASSWORD 'of-the-app'`);
    for (const name of ['postgresql.conf', 'pg_hba.conf', 'pg_ident.conf'])
      await rename(join(world.dataFolder, name), join(world.dataFolder, '..', `outside-${name}`));
    await world.perform(baseBackup, database);
    await world.destroy();
    await world.perform(restoreServer, database);
    await world.perform(openServer, database);
    expect(await world.sql('SELECT count(*)::int AS orders FROM orders')).toEqual([{ orders: 1 }]);
  });

  test('the newest PostgreSQL, out of npm', async () => {
    const world = await worldWith({ major: 18 });
    await world.sql(
      'CREATE TABLE orders (id int PRIMARY KEY, data jsonb); INSERT INTO orders SELECT generate_series(1, 10)',
    );
    await world.perform(baseBackup, database);
    const { limits } = await readControlFile(world.dataFolder);
    expect(limits.max_connections).toBe(100);
    await world.sql('INSERT INTO orders SELECT generate_series(11, 20)');
    await store(world);
    await world.destroy();
    await world.perform(restoreServer, database);
    expect(await world.perform(verifyServer, database)).toMatchObject({ rows: 20 });
    const opening = newStep('open');
    await world.perform(openServer, database, opening);
    expect(await world.sql('SELECT count(*)::int AS orders FROM orders')).toEqual([{ orders: 20 }]);
  });
});

describe('verification', () => {
  test('finds a damaged page, a wrong answer and an empty database', async () => {
    const world = await worldWith({
      database: {
        verification: [{ name: 'there are orders', sql: 'SELECT count(*) AS n FROM orders', expect: 'n > 0' }],
      },
    });
    await expect(world.perform(verifyServer, database)).rejects.toThrow(
      /there is something to verify.*does not exist/s,
    );
    await world.sql('CREATE TABLE orders (id int PRIMARY KEY, note text)');
    await expect(world.perform(verifyServer, database)).rejects.toThrow(/there are orders/);
    await world.sql(`INSERT INTO orders SELECT i, repeat('x', 500) FROM generate_series(1, 2000) i; CHECKPOINT`);
    expect(await world.perform(verifyServer, database)).toMatchObject({ tables: 1, rows: 2000 });
    const [file] = await world.sql<{ path: string }>(`SELECT pg_relation_filepath('orders') AS path`);
    await stopServer({ dataFolder: world.dataFolder, mode: 'fast', clock: systemClock });
    const path = join(world.dataFolder, file?.path ?? '');
    const bytes = await readFile(path);
    bytes.fill(0xff, 3 * 8192 + 4000, 3 * 8192 + 4100);
    await writeFile(path, bytes);
    await world.start();
    await expect(world.perform(verifyServer, database)).rejects.toThrow(/public.orders can be read to its end/);
  });
});

test('a folder that the server’s user cannot enter is found before anything is written', async () => {
  const user = await serverUser();
  if (user === undefined) return;
  const world = await worldWith();
  await world.sql('CREATE TABLE orders (id int)');
  await world.perform(baseBackup, database);
  await chmod(world.services.workFolder, 0o700);
  await expect(world.perform(restoreSide, { ...database, latest: true })).rejects.toMatchObject({
    code: 'TARGET_DENIED',
    message: expect.stringContaining(world.services.workFolder),
  });
  await chmod(world.services.workFolder, 0o711);
});
