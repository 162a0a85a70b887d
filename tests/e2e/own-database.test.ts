import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LabPostgres, startPostgres } from '../../lab/postgres.ts';
import { freePort, makeWorldFolder, type WorldFolder } from '../../lab/world-folder.ts';

/* The five steps that the README promises, on a real PostgreSQL, by the program itself. */
const program = join(process.cwd(), 'bin/lifeboat.js');
let world: WorldFolder;
let server: LabPostgres;
const PASSWORD = 'p4ss/word?';

beforeAll(async () => {
  world = await makeWorldFolder();
  server = await startPostgres({ folder: world, port: await freePort(), password: PASSWORD });
  await query('CREATE TABLE orders AS SELECT n AS id FROM generate_series(1, 500) n');
});
afterAll(() => world.close());

async function query(sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.url('postgres', PASSWORD) });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function lifeboat(...args: string[]) {
  const env = {
    ...process.env,
    DATABASE_URL: server.url('postgres', PASSWORD),
    LIFEBOAT_STATE: join(world.path, 'state'),
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: world.path,
    env,
    encoding: 'utf8',
  });
  expect(stdout + stderr).not.toContain(PASSWORD);
  return { status, stdout, stderr };
}

function json(...args: string[]): Record<string, never> {
  const { status, stdout, stderr } = lifeboat(...args, '--json');
  expect(stderr + (status === 0 ? '' : stdout)).not.toContain('"error"');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

test('from nothing to a restored copy in five steps', async () => {
  expect(lifeboat('init', '--repository', 'backups').status).toBe(0);
  const plan = readFileSync(join(world.path, 'lifeboat.yaml'), 'utf8');
  writeFileSync(
    join(world.path, 'lifeboat.yaml'),
    plan.replace('/var/lib/postgresql/15/main, port: 5432', `${server.dataFolder}, port: ${server.port}`),
  );

  const checked = lifeboat('check');
  expect({ status: checked.status, stderr: checked.stderr }).toEqual({ status: 0, stderr: '' });

  const { taken } = json('backup') as unknown as { taken: { backup: string }[] };
  expect(taken).toHaveLength(1);

  const { components } = json('points') as unknown as { components: { points: { backup: string }[] }[] };
  expect(components[0]?.points[0]?.backup).toBe(taken[0]?.backup);

  await query('DELETE FROM orders');
  const side = json('restore', 'database', '--to', 'latest') as unknown as {
    instance: string;
    connect: string;
    output: { socket_folder: string };
  };
  const client = new Client({
    host: side.output.socket_folder,
    port: 5432,
    user: 'postgres',
    database: 'postgres',
  });
  await client.connect();
  expect((await client.query('SELECT count(*)::int AS rows FROM orders')).rows).toEqual([{ rows: 500 }]);
  await client.end();
  expect(await query('SELECT count(*)::int AS rows FROM orders')).toEqual([{ rows: 0 }]);

  expect(lifeboat('restore', 'database', '--discard', side.instance).status).toBe(0);
});

test('a dry run of the plan that init wrote changes nothing', () => {
  const { status, stdout } = lifeboat('recover', 'database-destroyed', '--dry-run');
  expect(status).toBe(0);
  expect(stdout).toContain('1. confirm');
  expect(stdout).toContain('Nothing was changed.');
});

test('a server that lives is not destroyed: the run stops at its first step', async () => {
  const { status, stdout } = lifeboat('recover', 'database-destroyed');
  expect(status).toBe(12);
  expect(stdout).toContain('✘ [1/5] confirm');
  const run = /lifeboat recover --resume (\S+)/.exec(stdout)?.[1] as string;
  expect(lifeboat('cancel', run, '--reason', 'it lives').status).toBe(0);
  expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});
