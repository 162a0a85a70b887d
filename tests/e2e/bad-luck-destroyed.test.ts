import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TINY_SEED, withClient } from '../../lab/corporate-intel/database.ts';
import { startWorld, type World } from '../../lab/corporate-intel/world.ts';
import type { RunningLifeboat } from '../../lab/lifeboat.ts';
import type { ErrorRecord } from '../../src/model/errors.ts';
import { contentOf, documentOf, type Ended, inOwnMounts, lifeboat } from './bad-luck.ts';

/* One server is destroyed once, and one run goes through every misfortune to the end. The tests follow one another. */
let world: World;
let id: string;
let backup: string;

beforeAll(async () => {
  world = await startWorld({ seed: TINY_SEED, rate: 10, settings: ['fsync = off'] });
  const taken = documentOf(await run(['backup', 'database', '--method', 'base_backup']));
  backup = (taken.taken as { backup: string }[])[0]?.backup ?? '';
  await world.server.destroy();
}, 90_000);
afterAll(() => world?.close());

type Env = Readonly<Record<string, string>>;
const calling = (env: Env = {}) => ({ cwd: world.folder.path, env: { ...world.env, ...env } });
const run = (args: readonly string[], env: Env = {}): Promise<Ended> =>
  lifeboat([...args, '--plan', world.plan, '--json'], calling(env));

interface Stopped {
  readonly status: string;
  readonly error?: ErrorRecord & { readonly because?: ErrorRecord };
  readonly steps: readonly { readonly id: string; readonly status: string; readonly error?: ErrorRecord }[];
}

/** The run stopped at the restore, for this reason, and can be resumed. */
function expectPaused(ended: Ended, { code, says }: { code: string; says: string | RegExp }): void {
  const { error, steps } = documentOf(ended) as unknown as Stopped;
  const why = steps.find((step) => step.id === 'restore')?.error;
  expect({ exit: ended.code, error: error?.code, because: error?.because, why: why?.code }).toEqual({
    exit: 12,
    error: 'RUN_PAUSED',
    because: why,
    why: code,
  });
  if (typeof says === 'string') expect(why?.message).toContain(says);
  else expect(why?.message).toMatch(says);
  expect(why?.hint).toMatch(/\S/);
}

/** Says that the restore is to be tried again, goes on with the run, and approves when it asks for that. */
async function retried(env: Env = {}): Promise<Ended> {
  expect(await run(['decide', id, 'restore', 'retry', '--reason', 'it is mended'])).toMatchObject({ code: 0 });
  const again = await world.lifeboat.start(['recover', '--resume', id, '--plan', world.plan, '--json'], { env });
  await approving(again, 'restore');
  return again.finished;
}

/** Approves a step if the run asks for it before it ends. An approval given earlier may still hold. */
async function approving(recovery: RunningLifeboat, step: string): Promise<void> {
  const asked = recovery.line(new RegExp(`lifeboat approve \\S+ ${step}`)).then(
    () => true,
    () => false,
  );
  const begun = recovery.line(new RegExp(`▸ \\[\\d/\\d\\] ${step}`)).then(
    () => false,
    () => false,
  );
  if (await Promise.race([asked, begun])) await run(['approve', id, step, '--by', 'alex']);
}

const leftovers = () => readdirSync(world.folder.path).filter((name) => name.startsWith('data'));

test('a data folder that holds something is left as it is', async () => {
  const recovery = await world.lifeboat.start(['recover', 'database-destroyed', '--plan', world.plan, '--json']);
  id = (await recovery.line(/lifeboat approve (\S+) restore/))[1] ?? '';
  mkdirSync(world.server.dataFolder);
  writeFileSync(join(world.server.dataFolder, 'last-photo.jpg'), 'the only one');
  const before = contentOf(world.server.dataFolder);
  expect(await run(['approve', id, 'restore', '--by', 'alex'])).toMatchObject({ code: 0 });
  expectPaused(await recovery.finished, { code: 'TARGET_NOT_EMPTY', says: world.server.dataFolder });
  expect(contentOf(world.server.dataFolder)).toEqual(before);
  rmSync(world.server.dataFolder, { recursive: true });
}, 60_000);

test('a port that somebody else listens on is named, and nothing is written', async () => {
  // The application keeps knocking; nobody may hold the door open.
  const other: Server = createServer((socket) => socket.destroy());
  await new Promise<void>((ready) => other.listen(world.server.port, '127.0.0.1', ready));
  try {
    expectPaused(await retried(), { code: 'PORT_TAKEN', says: String(world.server.port) });
  } finally {
    await new Promise((closed) => other.close(closed));
  }
  expect(leftovers()).toEqual([]);
}, 60_000);

test('the wrong key opens nothing, and nothing of the restore is left', async () => {
  const file = join(world.folder.path, 'other.key');
  await run(['key', 'new', '--out', file]);
  const other = /AGE-SECRET-KEY-\S+/.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
  expectPaused(await retried({ LIFEBOAT_IDENTITY: other }), { code: 'KEY_WRONG', says: backup });
  expectPaused(await retried({ LIFEBOAT_IDENTITY: '' }), { code: 'SECRET_MISSING', says: 'env:LIFEBOAT_IDENTITY' });
  expect(filesIn(world.server.dataFolder)).toEqual([]);
}, 60_000);

test('an object that was cut short is named, and nothing of the restore is left', async () => {
  const folder = join(world.repository, 'components/database/backups', backup);
  const name = readdirSync(folder)
    .filter((file) => file.startsWith('base.tar.'))
    .sort()
    .at(-1) as string;
  const good = readFileSync(join(folder, name));
  truncateSync(join(folder, name), good.length - 20);
  try {
    expectPaused(await retried(), { code: 'OBJECT_DAMAGED', says: name });
  } finally {
    writeFileSync(join(folder, name), good);
  }
  expect(filesIn(world.server.dataFolder)).toEqual([]);
}, 60_000);

const root = process.getuid?.() === 0;
if (!root) console.warn('SKIPPED, needs root to mount a small disk: the test of a restore onto a full disk');

test.runIf(root)(
  'a full disk is named, and nothing of the restore is left',
  async () => {
    expect(await run(['decide', id, 'restore', 'retry', '--reason', 'a larger disk'])).toMatchObject({ code: 0 });
    const { dataFolder } = world.server;
    const list = join(world.folder.path, 'full-disk-files');
    const script = `mkdir -p ${dataFolder}; mount -t tmpfs -o size=6m none ${dataFolder}; code=0; "$@" || code=$?
    find ${dataFolder} -type f > ${list}; exit $code`;
    const resumed = inOwnMounts(script, ['recover', '--resume', id, '--plan', world.plan, '--json'], calling());
    const approval = approvedWhenAsked();
    expectPaused(await resumed, { code: 'DISK_FULL', says: dataFolder });
    await approval;
    expect(readFileSync(list, 'utf8')).toBe('');
  },
  60_000,
);

/** For a run whose screen we do not see: asks until it waits for the approval, or has gone on without. */
async function approvedWhenAsked(): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const { steps, owner_state: owner } = documentOf(await run(['status', id])) as unknown as {
      steps: { id: string; waits_for?: string; status: string }[];
      owner_state: string;
    };
    const step = steps.find((one) => one.id === 'restore');
    if (owner === 'alive' && step?.waits_for === 'approval') {
      expect(await run(['approve', id, 'restore', '--by', 'alex'])).toMatchObject({ code: 0 });
      return;
    }
    if (owner !== 'alive' && tries > 20) return;
  }
}

test('in the end it is recovered, by the same run', async () => {
  expect(await run(['decide', id, 'restore', 'retry', '--reason', 'all is mended'])).toMatchObject({ code: 0 });
  const last = await world.lifeboat.start(['recover', '--resume', id, '--plan', world.plan, '--json']);
  await approving(last, 'restore');
  await approving(last, 'open');
  const finished = await last.finished;
  expect({ code: finished.code, ...documentOf(finished) }).toMatchObject({ code: 0, status: 'succeeded' });
  const { rows } = await withClient(world.urls.superuser, (client) =>
    client.query('SELECT count(*)::int AS n FROM companies'),
  );
  expect(rows).toEqual([{ n: TINY_SEED.companies }]);
  const { error } = documentOf(await run(['recover', '--resume', id])) as { error: ErrorRecord };
  expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining('is over: succeeded') });
}, 90_000);

/** Whatever is in a folder; one that is not there is as good as empty. */
function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
