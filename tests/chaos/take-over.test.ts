import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFolderStore } from '../../src/backup/folder-store.ts';
import { openRunCopies } from '../../src/backup/runs/open-run-copies.ts';
import type { CopiedRun } from '../../src/model/run-copy.ts';
import { type Finished, machineEnv, makeShellWorld, type ShellRun, type ShellWorld } from './shell-world.ts';

/*
 * Two machines are played by two folders that share nothing but the repository of backups. Real processes, real kills.
 */
const PROGRAM = join(import.meta.dirname, '../../src/main/cli.ts');
const STEPS = `
- id: first
  uses: shell.run
  expect: 1s
  with: { command: 'echo first >> effects' }
- id: look
  uses: human.task
  expect: 1s
  with: { instruction: 'Look out of the window', done_when: 'You have looked' }
- id: verify
  title: Verify that all is there
  uses: shell.run
  expect: 1s
  with: { command: 'echo verify >> FOLDER/effects', observe: 'grep -q verify FOLDER/effects' }
`;
let world: ShellWorld;
let other: string;

beforeEach(async () => {
  world = await makeShellWorld(STEPS);
  // The commands of the second machine act on the same world.
  const plan = join(world.folder, 'lifeboat.yaml');
  writeFileSync(plan, readFileSync(plan, 'utf8').replaceAll('FOLDER', world.folder));
  other = join(world.folder, 'other');
  mkdirSync(other);
});
afterEach(() => world.remove());

const copies = () =>
  openRunCopies(openFolderStore(join(world.folder, 'repository')), {
    recipients: [],
    identities: () => [readFileSync(join(world.folder, 'key'), 'utf8')],
  });

/** The run in the repository, as soon as its copy is as wanted. */
async function copyWhere(holds: (copy: CopiedRun) => boolean): Promise<CopiedRun> {
  for (let tries = 0; tries < 1000; tries++) {
    const [run] = await copies().runs();
    const copy =
      run === undefined
        ? undefined
        : await copies()
            .read(run)
            .catch(() => undefined);
    if (copy && holds(copy)) return copy;
    await pause(50);
  }
  throw new Error('the copy never became as wanted');
}

const isAsked = ({ events }: CopiedRun): boolean => events.at(-1)?.type === 'step.waiting';

/** `lifeboat` on the second machine, which has no plan. */
async function elsewhere(...args: readonly string[]): Promise<Finished> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: other,
    env: { ...machineEnv(), LIFEBOAT_USER: 'bob' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes));
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, said })));
}

const takeOver = (run: string): Promise<Finished> =>
  elsewhere(
    ...['recover', '--take-over', run, '--repository', '../repository', '--identity', '../key', '--state', 'state'],
    ...['--owner-is-gone', 'its server burned', '--json'],
  );

/** Takes the run over, and does what it asks for. */
async function recoverElsewhere(run: string): Promise<ShellRun> {
  const taken = takeOver(run);
  await copyWhere((copy) => isAsked(copy) && copy.claims.length > 1);
  const decided = await elsewhere('decide', run, 'look', 'done', '--reason', 'rain', '--state', 'state');
  expect([decided.code, decided.said]).toEqual([0, expect.any(String)]);
  const { code, said } = await taken;
  expect([code, said]).toEqual([0, expect.any(String)]);
  return resultIn(said);
}

const resultIn = (said: string): ShellRun => JSON.parse(said.slice(said.indexOf('\n{') + 1)) as ShellRun;

test('a machine dies with all that it kept: another one takes the run over, and the evidence of both is one', async () => {
  const first = world.child(['recover', 'loss']);
  const { run } = await copyWhere(isAsked);
  first.process.kill('SIGKILL');
  await first.finished;
  // Said while nobody drives the run, and before the machine is lost: it counts on the other one.
  const decided = await world.child(['decide', run, 'look', 'done', '--reason', 'rain']).finished;
  expect([decided.code, decided.said]).toEqual([0, expect.stringMatching(/"resume": true\n/)]);
  rmSync(join(world.folder, 'state'), { recursive: true });

  const listed = await elsewhere('runs', '--repository', '../repository', '--identity', '../key');
  expect([listed.code, listed.said]).toEqual([0, expect.stringContaining(run)]);
  const refused = await elsewhere(
    ...'recover --repository ../repository --identity ../key --state state --take-over'.split(' '),
    run,
  );
  expect([refused.code, refused.said]).toEqual([10, expect.stringContaining('last sign of life')]);

  const { code, said } = await takeOver(run);
  expect([code, said]).toEqual([0, expect.any(String)]);
  const { status, steps } = resultIn(said);
  expect(status).toBe('succeeded');
  expect(steps.find(({ id }) => id === 'look')).toMatchObject({ status: 'succeeded', output: { answer: 'rain' } });
  expect(world.effects()).toEqual(['first', 'verify']);
  const evidence = join(other, 'state', 'reports', run, 'evidence.ndjson');
  const verified = await elsewhere('evidence', 'verify', evidence);
  expect([verified.code, verified.said]).toEqual([0, expect.any(String)]);
}, 120_000);

test('a frozen machine that comes back does nothing more in a run that was taken over', async () => {
  const first = world.child(['recover', 'loss']);
  const { run } = await copyWhere(isAsked);
  first.process.kill('SIGSTOP');
  expect((await recoverElsewhere(run)).status).toBe('succeeded');
  // Were it to look, its last step would seem to be missing.
  writeFileSync(join(world.folder, 'effects'), 'first\n');
  // What it waited for is said on its own machine too: it goes on at once when it thaws.
  const decided = await world.child(['decide', run, 'look', 'done', '--reason', 'sun']).finished;
  expect([decided.code, decided.said]).toEqual([0, expect.any(String)]);
  first.process.kill('SIGCONT');
  const { code, said } = await first.finished;
  expect([code, said]).toEqual([18, expect.stringContaining('was taken over by bob')]);
  expect(world.effects()).toEqual(['first']);
  const resumed = await world.child(['recover', '--resume', run]).finished;
  expect([resumed.code, resumed.said]).toEqual([18, expect.stringContaining('RUN_FENCED')]);
}, 120_000);
