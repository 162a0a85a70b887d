import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { baseBackup } from '../../src/providers/postgres/actions/base-backup.ts';
import { restoreOver } from '../../src/providers/postgres/actions/restore-over.ts';
import { restoreServer } from '../../src/providers/postgres/actions/restore-server.ts';
import { restoreSide } from '../../src/providers/postgres/actions/restore-side.ts';
import { verifyServer } from '../../src/providers/postgres/actions/verify-server.ts';
import { instanceName } from '../../src/providers/postgres/ids.ts';
import { serverStatus, stopServer } from '../../src/providers/postgres/instance/server.ts';
import { newStep, type Step, type TestWorld, testWorld } from './postgres-actions-world.ts';

const database = { component: 'database' };
const program = fileURLToPath(new URL('./postgres-actions-child.ts', import.meta.url));

describe('a restore whose process is killed', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await testWorld({ major: 15 });
    await world.sql('CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 5000)');
    await world.perform(baseBackup, database);
    await world.destroy();
  });
  afterAll(async () => world?.close());

  /** Starts the restore in a process of its own and kills it with -9 when the condition comes true. */
  async function killedWhen(
    kind: 'server' | 'side' | 'over',
    step: Step,
    due: (lines: string) => boolean,
  ): Promise<void> {
    const { folder, recipient, identity } = world.store;
    const { plan, workFolder } = world.services;
    const given = { folder, recipient, identity, plan, workFolder, key: step.key, uri: world.uri };
    const args = [program, kind, JSON.stringify(given)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let lines = '';
    child.stdout.on('data', (bytes: Buffer) => {
      lines += bytes.toString();
    });
    const over = once(child, 'exit');
    const watch = setInterval(() => due(lines) && child.kill('SIGKILL'), 1);
    const [, signal] = (await over) as [number | null, NodeJS.Signals | null];
    clearInterval(watch);
    expect(signal, `the process was to be killed, and said: ${lines}`).toBe('SIGKILL');
  }

  afterEach(async () => {
    await world.destroy();
    for (const name of await readdir(world.root))
      if (name.startsWith('data')) await rm(join(world.root, name), { recursive: true, force: true });
  });

  const markerSays = (state: string) => {
    const path = `${world.dataFolder}.lifeboat.json`;
    return existsSync(path) && readFileSync(path, 'utf8').includes(state);
  };
  const data = (name: string) => join(world.dataFolder, name);
  test.each<[string, (lines: string) => boolean]>([
    ['the marker was written', () => existsSync(`${world.dataFolder}.lifeboat.json`)],
    ['the first file was written', () => existsSync(data('lifeboat-restore-under-way'))],
    ['the files were half there', (lines) => /[3-9]0 %/.test(lines)],
    ['the marker said that the files are whole', () => markerSays('replaying')],
    ['the log was laid down', () => existsSync(data('recovery.signal'))],
    ['the server was started', () => existsSync(data('postmaster.pid'))],
    ['it was promoted', (lines) => lines.includes('promoted')],
  ])('when %s is taken up by the next one, and ends the same', async (_, due) => {
    const step = newStep('restore');
    await killedWhen('server', step, due);
    const output = await world.perform(restoreServer, database, step);
    expect(output).toMatchObject({ timeline: 2 });
    expect(await world.perform(verifyServer, database)).toMatchObject({ rows: 5000 });
    expect(await readdir(world.dataFolder)).not.toContain('lifeboat-restore-under-way');
    const { pid } = (await serverStatus(world.dataFolder)) as { pid: number };
    expect(await world.perform(restoreServer, database, step)).toEqual(output);
    expect(await serverStatus(world.dataFolder)).toMatchObject({ pid });
    await expect(world.perform(restoreServer, database)).rejects.toMatchObject({ code: 'TARGET_HEALTHY' });
  });

  test('a half-done restore is not taken over by another step', async () => {
    await killedWhen('server', newStep('restore'), (lines) => /[1-9]0 %/.test(lines));
    await expect(world.perform(restoreServer, database)).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
  });

  /** Moments of a restore over what is there; with CHAOS=all it is killed at all of them. */
  const moments: readonly (readonly [string, (lines: string) => boolean])[] = [
    ['the stamp was set and nothing else', () => existsSync(data('lifeboat-restore-under-way'))],
    ['the control file was gone', () => !existsSync(data('global/pg_control'))],
    ['the files were half there', (lines) => /[3-9]0 %/.test(lines)],
    ['the marker said that the files are whole', () => markerSays('replaying')],
    ['the server was started', () => existsSync(data('postmaster.pid'))],
  ];
  test.each(process.env.CHAOS === 'all' ? moments : moments.slice(1, 4))(
    'one over what is there, killed when %s, goes on by the same step, and by another while the files are half there',
    async (when, due) => {
      await world.perform(restoreServer, database);
      await stopServer({ dataFolder: world.dataFolder, mode: 'immediate', clock: systemClock });
      await rm(data('postmaster.pid'), { force: true });
      await writeFile(data('base/intruder'), 'x');
      await writeFile(data('PG_VERSION'), '15\n\n');
      const step = newStep('over');
      await killedWhen('over', step, due);
      const next = when === 'the files were half there' ? newStep('another') : step;
      const output = await world.perform(restoreOver, database, next);
      expect(await world.perform(verifyServer, database)).toMatchObject({ rows: 5000 });
      expect(existsSync(data('base/intruder'))).toBe(false);
      expect(readFileSync(data('PG_VERSION'), 'utf8')).toBe('15\n');
      expect(await readdir(world.dataFolder)).not.toContain('lifeboat-restore-under-way');
      expect(await world.perform(restoreOver, database, next)).toEqual(output);
      const living = world.perform(restoreOver, database);
      await expect(living).rejects.toMatchObject({ code: 'TARGET_HEALTHY' });
    },
  );

  test.each([/restoring/, /[3-9]0 %/, /stands at/])('a side instance killed at %s is made all the same', async (at) => {
    const step = newStep('side');
    await killedWhen('side', step, (lines) => at.test(lines));
    const output = await world.perform(restoreSide, { ...database, latest: true }, step);
    expect(output.instance).toBe(instanceName(step.key));
    expect(await world.perform(restoreSide, { ...database, latest: true }, step)).toEqual(output);
    await world.client.discardSide(output.instance);
    expect(await readdir(join(world.services.workFolder, 'instances'))).toEqual([]);
  });
});
