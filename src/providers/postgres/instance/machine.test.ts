import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closedFolder, runProgram, serverUser, spawnOptions } from './as-user.ts';
import { findBinaries } from './binaries.ts';
import { serverStatus } from './server.ts';
import { makeSocketFolder, requireFreePort, socketFolderOf } from './sockets.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lbmach-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const isRoot = process.getuid?.() === 0;

describe('the user of a server', () => {
  test('is nobody in particular unless we are root, and never root', async () => {
    const user = await serverUser();
    if (!isRoot) return expect(user).toBeUndefined();
    expect(user?.uid).toBeGreaterThan(0);
    await expect(serverUser('root')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(serverUser('no-such-user; true')).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('inherits nothing of our environment', () => {
    expect(Object.keys(spawnOptions(undefined).env ?? {}).sort()).toEqual(['LC_ALL', 'PATH', 'TZ']);
  });

  test('cannot enter a folder that is closed to others', async () => {
    const user = { name: 'other', uid: 54321, gid: 54321 };
    await chmod(root, 0o755);
    await mkdir(join(root, 'a'), { mode: 0o700 });
    expect(await closedFolder(user, join(root, 'a', 'b'))).toBe(join(root, 'a'));
    expect(await closedFolder(undefined, join(root, 'a', 'b'))).toBeUndefined();
    await chmod(join(root, 'a'), 0o711);
    expect(await closedFolder(user, join(root, 'a', 'b'))).toBeUndefined();
  });
});

describe('programs', () => {
  test('run without a shell, and their exit code is a result', async () => {
    expect(await runProgram('/bin/echo', ['$HOME; true'])).toMatchObject({ code: 0, stdout: '$HOME; true\n' });
    expect(await runProgram('false', [])).toMatchObject({ code: 1 });
    await expect(runProgram('/no/such/program', [])).rejects.toMatchObject({ code: 'BINARY_MISSING' });
  });

  test('that are missing are named, with what to install', async () => {
    const wanted = { major: 9, need: ['postgres', 'pg_dump'] as const, env: () => undefined };
    await expect(findBinaries(wanted)).rejects.toMatchObject({
      code: 'BINARY_MISSING',
      message: expect.stringContaining('PostgreSQL 9'),
      hint: expect.stringContaining('postgresql-9'),
    });
  });

  test('are found on the search path', async () => {
    const script = '#!/bin/sh\necho "pg_dump (PostgreSQL) 77.3 (by hand)"\n';
    await writeFile(join(root, 'pg_dump'), script, { mode: 0o755 });
    const found = await findBinaries({ need: ['pg_dump'], env: () => `/nowhere:relative:${root}` });
    expect(found).toEqual({ folder: root, major: 77, version: '77.3' });
  });
});

describe('sockets and ports', () => {
  test('a socket lies beside its data when the path is short enough, else in a short private place', () => {
    expect(socketFolderOf('/srv/data/')).toBe('/srv/data.socket');
    const long = `/srv/${'x'.repeat(100)}/data`;
    expect(socketFolderOf(long).length).toBeLessThan(80);
    expect(socketFolderOf(long)).toBe(socketFolderOf(long));
  });

  test("somebody else's folder, or a link to one, is not used", async () => {
    await mkdir(join(root, 'open'));
    await chmod(join(root, 'open'), 0o777);
    await symlink(root, join(root, 'link'));
    for (const name of ['open', 'link'])
      await expect(makeSocketFolder(join(root, name), undefined)).rejects.toMatchObject({ code: 'TARGET_DENIED' });
  });

  test('what a killed server left in it is cleared', async () => {
    const folder = join(root, 'socket');
    await makeSocketFolder(folder, undefined);
    await writeFile(join(folder, '.s.PGSQL.5432.lock'), '1');
    await makeSocketFolder(folder, undefined);
    await expect(stat(join(folder, '.s.PGSQL.5432.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  test('a port that is taken, and an address that is not ours, are found before a start', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    const { port } = server.address() as { port: number };
    await expect(requireFreePort('127.0.0.1', port)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await expect(requireFreePort('*', port)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await new Promise((closed) => server.close(closed));
    await requireFreePort('127.0.0.1, localhost', port);
    await expect(requireFreePort('192.0.2.1', port)).rejects.toMatchObject({ code: 'TARGET_FAILED' });
  });
});

describe('whether a server runs', () => {
  const pidFile = (pid: number) =>
    writeFile(join(root, 'postmaster.pid'), `${pid}\n${root}\n0\n5432\n/tmp\n127.0.0.1\n  1 2\nready   \n`);

  test('is no without a pid file, or with one of a process that is gone or is another one', async () => {
    expect(await serverStatus(root)).toEqual({ state: 'stopped' });
    expect(await serverStatus(join(root, 'missing'))).toEqual({ state: 'stopped' });
    for (const pid of [2 ** 22 - 7, process.pid]) {
      await pidFile(pid);
      expect(await serverStatus(root)).toEqual({ state: 'stopped' });
    }
    await writeFile(join(root, 'postmaster.pid'), '');
    expect(await serverStatus(root)).toEqual({ state: 'stopped' });
  });
});
