import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { smallPlan } from './small-plan.ts';

/* The real program and its real journal, in several processes: the driver, who asks, and somebody far away who has nothing but a text. */
const PROGRAM = new URL('../../bin/lifeboat.js', import.meta.url).pathname;

let folder: string;
let afar: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-afar-'));
  afar = mkdtempSync(join(tmpdir(), 'lifeboat-far-away-'));
  const recipient = /age1\w+/.exec(lifeboat(['key', 'new']).stdout)?.[0] as string;
  const key = /ed25519:\w+/.exec(lifeboat(['key', 'new', '--approval'], afar).stdout)?.[0] as string;
  const others = { grace: `{ name: Grace Example, approval_key: "${key}" }` };
  writeFileSync(join(folder, 'lifeboat.yaml'), smallPlan({ recipient, command: 'echo hello', others }));
  expect(lifeboat(['init', '--repository', './repository']).status).toBe(0);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const each of [folder, afar]) rmSync(each, { recursive: true, force: true });
});

const lifeboat = (args: readonly string[], cwd = folder, input = '') =>
  spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    env: { ...process.env, LIFEBOAT_USER: 'ada' },
  });

/** A recovery that waits for its approval. */
async function waitingRun(): Promise<{ readonly run: string; readonly ended: Promise<number | null> }> {
  const child = spawn(process.execPath, [PROGRAM, 'recover', 'loss'], {
    cwd: folder,
    env: { ...process.env, LIFEBOAT_USER: 'ada' },
  });
  children.push(child);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let text = '';
  const run = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (more: Buffer) => {
      text += more;
      const found = /lifeboat approve (\S+) bring/.exec(text);
      if (found) resolve(found[1] as string);
    });
    child.on('close', (code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
  return { run, ended };
}

test('a yes goes as text to somebody far away and comes back as a code', { timeout: 120_000 }, async () => {
  const { run, ended } = await waitingRun();
  const alone = lifeboat(['approve', run, 'bring']);
  expect(alone).toMatchObject({ status: 2, stderr: expect.stringContaining('ada began this run') });
  const request = lifeboat(['approve', run, 'bring', '--request']).stdout;
  const signing = ['sign', '--by', 'grace', '--key', 'lifeboat-approval.key'];
  expect(lifeboat(signing, afar, request).stderr).toContain('lifeboat sign --environment drill');
  expect(lifeboat(signing, afar, request.replaceAll('echo hello', 'rm everything'))).toMatchObject({ status: 44 });
  const signed = lifeboat([...signing, '--environment', 'drill'], afar, request);
  expect(signed.stdout).toContain('command: "echo hello"');
  const code = [...signed.stdout.matchAll(/^ *\d+: (\S+)$/gm)].map(([, line]) => line).join(' ');
  expect(lifeboat(['approve', run, 'bring', '--code', code.replace(/.$/, 'U')])).toMatchObject({ status: 44 });
  expect(lifeboat(['approve', run, 'bring', '--code', code]).stdout).toContain('grace approved bring');
  expect(await ended).toBe(0);
});

test('an edit and a broken glass, from other processes', { timeout: 120_000 }, async () => {
  const { run, ended } = await waitingRun();
  const edit = ['decide', run, 'bring', 'edit', '--set', 'command=echo bye', '--reason', 'the other one'];
  expect(lifeboat(edit).stdout).toContain('command: "echo hello" -> "echo bye"');
  const glass = ['approve', run, 'bring', '--break-glass', 'nobody answers'];
  const asked = lifeboat(glass);
  // It may not be asked anew yet: then it is refused, and nothing is kept of it.
  const said = asked.status === 0 ? asked : lifeboat(glass);
  expect(said.stdout).toContain('BREAK-GLASS (nobody answers): ada approved bring');
  expect(await ended).toBe(0);
  const { steps } = JSON.parse(lifeboat(['status', run, '--json']).stdout);
  expect(JSON.stringify(steps)).toContain('bye');
});
