import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { TINY_SEED } from '../../lab/corporate-intel/database.ts';
import { playDeletion } from '../../lab/demo/deletion.ts';
import { playDestroyed } from '../../lab/demo/destroyed.ts';
import { type Stage, setStage } from '../scenarios/play.ts';
import { watchProcesses } from './watch-processes.ts';

const CANARY = 'canary:bird/of@prey 7f3a91';
/** Every form in which it might be carried. */
const FORMS = [
  CANARY,
  encodeURIComponent(CANARY),
  Buffer.from(CANARY).toString('base64'),
  'bird/of@prey',
  'canary%3Abird',
];
let stage: Stage | undefined;

afterEach(() => stage?.end(), 30_000);

test("a password in the plan's secret shows up nowhere", async () => {
  stage = await setStage({
    seed: TINY_SEED,
    settings: ['fsync = off', "log_statement = 'all'"],
    lifeboatPassword: CANARY,
  });
  const { world } = stage;
  const watch = watchProcesses(FORMS);
  const results = [await playDeletion(stage), await playDestroyed(stage)];
  const dump = await world.lifeboat.run(['backup', 'database', '--method', 'dump', '--plan', world.plan, '--debug']);
  const status = await world.lifeboat.run(['status', '--plan', world.plan, '--json']);
  const wrong = await world.lifeboat.run(['restore', 'database', '--to', 'never', '--plan', world.plan, '--debug']);
  const { looks, found } = await watch.stop();
  expect(results.flatMap((result) => result.problems)).toEqual([]);
  expect(looks).toBeGreaterThan(20);
  expect(found).toEqual([]);

  const said = [stage.lines.join('\n'), ...[dump, status, wrong].flatMap((one) => [one.stdout, one.stderr])];
  expect(FORMS.filter((form) => said.some((text) => text.includes(form)))).toEqual([]);
  const files = await filesIn(world.folder.path);
  expect(files.length).toBeGreaterThan(50);
  expect(await holding(files, FORMS)).toEqual([]);
}, 240_000);

test('the search itself finds what is there', async () => {
  const watch = watchProcesses(FORMS);
  const carriers = [
    spawn(process.execPath, ['-e', 'setTimeout(() => 0, 60_000)', CANARY]),
    spawn(process.execPath, ['-e', 'setTimeout(() => 0, 60_000)'], { env: { LOST: CANARY } }),
  ];
  await vi.waitFor(() => expect(watch.found()).toHaveLength(2), { timeout: 30_000 });
  for (const carrier of carriers) carrier.kill('SIGKILL');
  await watch.stop();

  stage = await setStage({ seed: TINY_SEED, settings: ['fsync = off'], lifeboatPassword: CANARY });
  const files = await filesIn(stage.world.folder.path);
  expect(await holding(files, ['corporate_intel'])).not.toEqual([]);
}, 60_000);

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function holding(files: readonly string[], texts: readonly string[]): Promise<readonly string[]> {
  const hits: string[] = [];
  for (const file of files) {
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    if (texts.some((text) => bytes.includes(text))) hits.push(file);
  }
  return hits;
}
