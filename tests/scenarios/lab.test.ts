import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { startPostgres } from '../../lab/postgres.ts';
import { descendantsOf, isAlive, waitUntilGone } from '../../lab/processes.ts';
import { postmasterOf } from '../../lab/teardown.ts';
import { freePort, makeWorldFolder } from '../../lab/world-folder.ts';

test('kill -9 leaves no process, and destroying leaves no data', async () => {
  const folder = await makeWorldFolder();
  try {
    const server = await startPostgres({
      folder,
      port: await freePort(),
      password: 'example',
      settings: ['fsync = off'],
    });
    const postmaster = (await postmasterOf(server.dataFolder)) as number;
    const all = [postmaster, ...descendantsOf(postmaster)];
    expect(all.length).toBeGreaterThan(3);
    await server.destroy();
    expect(all.filter(isAlive)).toEqual([]);
    expect(existsSync(server.dataFolder)).toBe(false);
  } finally {
    await folder.close();
  }
  expect(existsSync(folder.path)).toBe(false);
}, 60_000);

test('a server that runs as another user gets to its data and nobody else reads it', async () => {
  const folder = await makeWorldFolder();
  try {
    const server = await startPostgres({
      folder,
      port: await freePort(),
      password: 'example',
      settings: ['fsync = off'],
    });
    expect((await stat(server.dataFolder)).mode & 0o077).toBe(0);
    expect((await stat(server.dataFolder)).uid).not.toBe(0);
    await server.stop();
    expect(await postmasterOf(server.dataFolder)).toBeUndefined();
    await server.start();
    expect(await postmasterOf(server.dataFolder)).toBeDefined();
  } finally {
    await folder.close();
  }
}, 60_000);

test('the server out of npm will do where the system has none', async () => {
  const folder = await makeWorldFolder();
  try {
    const options = { folder, port: await freePort(), password: 'example', settings: ['fsync = off'], major: 18 };
    const server = await startPostgres(options);
    expect(server.major).toBe(18);
  } finally {
    await folder.close();
  }
}, 60_000);

test('a temporary folder that only root may enter is not used', async () => {
  const closed = await mkdtemp(join(tmpdir(), 'lifeboat-closed-'));
  vi.stubEnv('TMPDIR', closed);
  const folder = await makeWorldFolder();
  try {
    expect(folder.path.startsWith(closed)).toBe(process.getuid?.() !== 0);
  } finally {
    await folder.close();
    vi.unstubAllEnvs();
    await rm(closed, { recursive: true });
  }
});

test('when whoever made a world is killed with -9, the world is cleaned up all the same', async () => {
  const maker = spawn(process.execPath, [join(import.meta.dirname, 'make-world.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const made = await new Promise<{ path: string; pids: number[] }>((resolve, reject) => {
    createInterface({ input: maker.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    maker.once('exit', () => reject(new Error('the maker ended')));
  });
  expect(made.pids.length).toBeGreaterThan(4);
  expect(made.pids.every(isAlive)).toBe(true);
  maker.kill('SIGKILL');
  expect(await waitUntilGone(made.pids, 20_000)).toBe(true);
  for (const end = Date.now() + 20_000; existsSync(made.path) && Date.now() < end; ) await pause(50);
  expect(existsSync(made.path)).toBe(false);
}, 90_000);
