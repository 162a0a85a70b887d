import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lifeboat, lifeboatOf } from '../../lab/lifeboat.ts';
import { type LabPostgres, startPostgres } from '../../lab/postgres.ts';
import { credentialsOf, USER } from '../../lab/s3/bucket-for-tests.ts';
import { type LabS3, startS3 } from '../../lab/s3/server.ts';
import { freePort, makeWorldFolder, type WorldFolder } from '../../lab/world-folder.ts';

/* The repository in a locked bucket, from the first command to the restored copy: real processes, a real PostgreSQL, a strict S3. */
let world: WorldFolder;
let server: LabPostgres;
let s3: LabS3;
let env: Record<string, string>;
let program: Lifeboat;
const PASSWORD = 'p4ssword';

beforeAll(async () => {
  world = await makeWorldFolder();
  [server, s3] = await Promise.all([
    startPostgres({ folder: world, port: await freePort(), password: PASSWORD }),
    startS3({ users: [USER] }),
  ]);
  s3.add({ name: 'my-dr', locks: true });
  env = {
    PATH: `${process.env.PATH}`,
    DATABASE_URL: server.url('postgres', PASSWORD),
    LIFEBOAT_STATE: join(world.path, 'state'),
    ...credentialsOf(USER),
  };
  program = lifeboatOf(world, env);
  await query('CREATE TABLE orders AS SELECT n AS id FROM generate_series(1, 500) n');
});
afterAll(async () => {
  await s3?.close();
  await world.close();
});

async function query(sql: string, at: Partial<{ host: string; user: string }> = {}): Promise<readonly unknown[]> {
  const connection =
    at.host === undefined
      ? { connectionString: server.url('postgres', PASSWORD) }
      : { ...at, port: 5432, database: 'postgres' };
  const client = new Client(connection);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const address = (): string =>
  `s3://my-dr/shop?region=eu-west-1&endpoint=${encodeURIComponent(s3.endpoint)}&path_style=true`;

test('from nothing to a restored copy, in a bucket that lets nothing be removed', async () => {
  const made = await program.run(['init', '--repository', address()]);
  expect(made).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Repository: s3://my-dr/shop?region=eu-west-1'),
  });
  const file = join(world.path, 'lifeboat.yaml');
  const plan = (await readFile(file, 'utf8'))
    .replace('/var/lib/postgresql/15/main, port: 5432', `${server.dataFolder}, port: ${server.port}`)
    .replace(
      '  domain: vault\n',
      '  domain: vault\n  object_lock: { mode: compliance, days: 1 }\n  keep: { last: 1 }\n',
    );
  await writeFile(file, plan);
  expect(await program.run(['check'])).toMatchObject({ code: 0, stderr: '' });

  const { taken } = (await program.json(['backup'])) as { taken: { backup: string }[] };
  const stream = await program.start(['backup', 'database', '--stream']);
  await stream.line(/stream/i);
  await query('INSERT INTO orders VALUES (501)');
  await query('SELECT pg_switch_wal()');
  await logReaches(String(((await query('SELECT pg_current_wal_lsn()::text AS lsn'))[0] as { lsn: string }).lsn));
  expect((await stream.end('SIGTERM')).code).toBe(0);

  const { components } = (await program.json(['points'])) as { components: { points: Point[] }[] };
  expect(components[0]?.points[0]).toMatchObject({ backup: taken[0]?.backup, method: 'postgres.base_backup+wal' });

  await query('DELETE FROM orders');
  const side = (await program.json(['restore', 'database', '--to', 'latest'])) as {
    instance: string;
    output: { socket_folder: string };
  };
  const there = { host: side.output.socket_folder, user: 'postgres' };
  expect(await query('SELECT count(*)::int AS rows FROM orders', there)).toEqual([{ rows: 501 }]);
  expect((await program.run(['restore', 'database', '--discard', side.instance])).code).toBe(0);
});

interface Point {
  readonly backup: string;
  readonly method: string;
}

/** Until the bucket holds the log up to there: the names of its stretches say from where to where. */
async function logReaches(lsn: string): Promise<void> {
  const [high = '', low = ''] = lsn.split('/');
  const wanted = BigInt(`0x${high}${low.padStart(8, '0')}`);
  const reached = (): boolean =>
    [...(s3.buckets.get('my-dr')?.objects.keys() ?? [])]
      .map((key) => /\/wal\/\d+\/[0-9A-F]{8}\/[0-9A-F]{16}-([0-9A-F]{16})-/.exec(key)?.[1])
      .some((to) => to !== undefined && BigInt(`0x${to}`) >= wanted);
  await expect.poll(reached, { timeout: 60_000, interval: 100 }).toBe(true);
}

test('prune says what is locked, and removes nothing of it', async () => {
  const before = s3.buckets.get('my-dr')?.objects.size;
  const said = await program.run(['prune', '--remove']);
  expect(said).toMatchObject({ code: 0, stdout: expect.stringMatching(/stays .*locked until/) });
  expect(s3.buckets.get('my-dr')?.objects.size).toBe(before);
});

test('the log of a recovery is in the bucket, and is read there by a machine without the plan', async () => {
  expect(await program.run(['recover', 'database-destroyed'])).toMatchObject({ code: 12 });
  const elsewhere = join(world.path, 'elsewhere');
  await mkdir(elsewhere);
  const key = join(world.path, '.lifeboat/identity.key');
  const { LIFEBOAT_STATE: _, ...bare } = env;
  const other = lifeboatOf({ ...world, path: elsewhere }, bare);
  const { runs, repository } = (await other.json(['runs', '--repository', address(), '--identity', key])) as {
    runs: { scenario: string; status: string }[];
    repository: string;
  };
  expect(repository).toBe(address());
  expect(runs).toEqual([expect.objectContaining({ scenario: 'database-destroyed', status: 'paused' })]);
  expect(await program.run(['prune', '--remove'])).toMatchObject({
    code: 10,
    stderr: expect.stringContaining('is not ended'),
  });
});

test('bad credentials and a bucket that is gone are told, and secrets are not', async () => {
  const wrong = await program.start(['points'], { env: { AWS_SECRET_ACCESS_KEY: 'wr0ng-s3cret' } });
  expect(await wrong.finished).toMatchObject({ code: 21, stderr: expect.stringContaining('credentials are wrong') });
  s3.buckets.delete('my-dr');
  const gone = await program.run(['backup']);
  expect(gone).toMatchObject({ code: 30, stderr: expect.stringContaining('there is no such bucket') });
  expect(gone.stdout + gone.stderr).not.toContain(USER.secret);
});
