import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { takeDump } from '../../src/providers/postgres/stream/dump.ts';
import { BINARIES, freePort, PASSWORD, startServer, type TestServer } from './postgres-stream-server.ts';
import { type TestRepository, testRepository } from './postgres-stream-world.ts';

const ODD = 'o:dd\\pa\\:ss';
const run = promisify(execFile);
let server: TestServer;
let repo: TestRepository;

beforeAll(async () => {
  server = await startServer();
  repo = await testRepository();
  process.env.TMPDIR = join(server.folder, 'tmp'); // this file runs in a process of its own
  await mkdir(process.env.TMPDIR);
  await server.sql('CREATE TABLE goods AS SELECT g AS id, md5(g::text) AS name FROM generate_series(1, 20000) g');
  // Colons and backslashes have a meaning in the password file.
  await server.sql(`CREATE ROLE clerk LOGIN SUPERUSER PASSWORD '${ODD}'`);
}, 60_000);
afterAll(async () => {
  await server?.remove();
  await repo?.remove();
});
afterEach(async () => {
  for (const backup of await repo.repository.backups('orders-db')) await repo.repository.remove(backup);
  expect(await readdir(tmpdir())).toEqual([]);
});

const common = () => ({
  connection: server.uri,
  repository: repo.repository,
  component: 'orders-db',
  id: 'd1',
  binaries: BINARIES,
  clock: systemClock,
  signal: new AbortController().signal,
});
const backups = () => repo.repository.backups('orders-db');

test('what pg_restore gets back is what was there', async () => {
  const manifest = await takeDump({ ...common(), key: 'run-1/dump' });
  expect(manifest).toMatchObject({
    method: 'postgres.dump',
    key: 'run-1/dump',
    facts: { format: 'custom', database: 'postgres', major: 15, warnings: [] },
    parts: [{ name: 'database.dump' }],
  });
  const file = join(server.folder, 'database.dump');
  await writeFile(file, repo.repository.read(manifest, 'database.dump'));
  await server.sql('CREATE DATABASE copy');
  const target = server.uri.replace(/\/postgres$/, '/copy');
  await run(join(BINARIES, 'pg_restore'), ['-d', target, file]);
  const { stdout } = await run(join(BINARIES, 'psql'), [
    '-At',
    '-d',
    target,
    '-c',
    'SELECT count(*), md5(string_agg(name, $$$$ ORDER BY id)) FROM goods',
  ]);
  const [here] = await server.sql("SELECT count(*), md5(string_agg(name, '' ORDER BY id)) AS m FROM goods");
  expect(stdout.trim()).toBe(`${here?.count}|${here?.m}`);
});

test('a password with signs that mean something, and another user for pg_dump', async () => {
  const odd = encodeURIComponent(ODD);
  const connection = server.uri.replace(`postgres:${PASSWORD}`, `clerk:${odd}`);
  const user =
    process.getuid?.() === 0
      ? {
          asUser: {
            uid: Number((await run('id', ['-u', 'postgres'])).stdout),
            gid: Number((await run('id', ['-g', 'postgres'])).stdout),
          },
        }
      : {};
  expect((await takeDump({ ...common(), connection, ...user })).parts[0]?.plainBytes).toBeGreaterThan(500_000);
});

test('the password is in no argument and no environment of pg_dump', async () => {
  const folder = await fakeBinary('cat /proc/$$/cmdline /proc/$$/environ | tr "\\0" "\\n" >&2; exit 3');
  const error = await takeDump({ ...common(), binaries: folder }).catch((e) => e);
  expect(error).toMatchObject({ code: 'TARGET_FAILED' });
  expect(String(error.cause)).toContain('PGPASSFILE=');
  expect(String(error.cause)).toContain('--dbname=host=');
  expect(`${error.message} ${error.cause}`).not.toContain(PASSWORD);
  expect(await backups()).toEqual([]);
});

async function fakeBinary(script: string): Promise<string> {
  const folder = join(server.folder, `bin-${Math.random().toString(36).slice(2)}`);
  await mkdir(folder);
  await writeFile(join(folder, 'pg_dump'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'pg_dump'), 0o755);
  return folder;
}

test.each([
  ['ends with an error after writing', 'printf PGDMPxxxx; echo "it broke" >&2; exit 1', 'it broke'],
  ['ends well and writes nothing', 'exit 0', 'nothing that is a dump'],
  ['ends well and writes something else', 'echo hello', 'nothing that is a dump'],
  ['is killed', 'printf PGDMPxxxx; kill -9 $$', 'SIGKILL'],
])('a pg_dump that %s leaves nothing', async (_what, script, why) => {
  const error = await takeDump({ ...common(), binaries: await fakeBinary(script) }).catch((e) => e);
  expect(error).toMatchObject({ code: 'TARGET_FAILED', message: expect.stringContaining(why) });
  expect(await backups()).toEqual([]);
});

test('warnings are kept', async () => {
  const folder = await fakeBinary('printf PGDMPxxxx; echo "a warning" >&2');
  expect((await takeDump({ ...common(), binaries: folder })).facts.warnings).toEqual(['a warning']);
});

test('no pg_dump there', async () => {
  await expect(takeDump({ ...common(), binaries: '/nonexistent' })).rejects.toMatchObject({ code: 'BINARY_MISSING' });
  expect(await backups()).toEqual([]);
});

test('a wrong password, nobody there, a repository that fails', async () => {
  const wrong = server.uri.replace(PASSWORD, 'wrong');
  await expect(takeDump({ ...common(), connection: wrong })).rejects.toMatchObject({ code: 'TARGET_DENIED' });
  const nobody = `postgres://postgres@127.0.0.1:${await freePort()}/x`;
  await expect(takeDump({ ...common(), connection: nobody })).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' });
  const { repository } = repo;
  const full = {
    ...repository,
    begin: async (backup: Parameters<typeof repository.begin>[0]) => ({
      ...(await repository.begin(backup)),
      part: async () => ({ write: () => Promise.reject(new Error('no room')), end: async () => undefined }),
    }),
  };
  await expect(takeDump({ ...common(), repository: full })).rejects.toThrow('no room');
  expect(await backups()).toEqual([]);
});

test('an abort in the middle ends pg_dump and leaves nothing', async () => {
  const stop = new AbortController();
  const folder = await fakeBinary('printf PGDMPxxxx; exec sleep 100');
  const taking = takeDump({
    ...common(),
    binaries: folder,
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('by hand')),
  });
  await expect(taking).rejects.toThrow('by hand');
  expect(await backups()).toEqual([]);
});
