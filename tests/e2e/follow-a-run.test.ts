import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { smallPlan } from './small-plan.ts';

/* The real program, driven on a real terminal (that `script` makes) and followed through a pipe. */
const PROGRAM = new URL('../../bin/lifeboat.js', import.meta.url).pathname;
const ESC = '\u001b[';
/** The cursor goes up, to paint over what was written. */
const UP = new RegExp(`${ESC.replace('[', '\\[')}\\d+A`);

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-follow-'));
  const key = lifeboat('key', 'new').stdout;
  const recipient = /age1\w+/.exec(key)?.[0] as string;
  writeFileSync(
    join(folder, 'lifeboat.yaml'),
    smallPlan({ recipient, command: 'echo file 1 of 2; sleep 1; echo file 2 of 2' }),
  );
  expect(lifeboat('init', '--repository', './repository').status).toBe(0);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const lifeboat = (...args: readonly string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], { cwd: folder, encoding: 'utf8' });

function started(program: string, args: readonly string[], term = 'xterm') {
  const child = spawn(program, args, { cwd: folder, env: { ...process.env, TERM: term, NO_COLOR: '1' } });
  children.push(child);
  let text = '';
  const waiting: (() => void)[] = [];
  const add = (more: Buffer): void => {
    text += more;
    for (const wake of waiting) wake();
  };
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  return {
    text: () => text,
    until: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(text);
          if (found) resolve(found);
        };
        child.on('close', (code) => reject(new Error(`ended with ${code} before ${pattern}: ${text}`)));
        waiting.push(look);
        look();
      }),
    ended: new Promise<number | null>((resolve) => child.on('close', resolve)),
  };
}

const onTerminal = (command: string, term?: string) =>
  started('script', ['-qec', `stty cols 80 rows 24; ${process.execPath} ${PROGRAM} ${command}`, '/dev/null'], term);

test('one terminal drives, another one follows, a third one approves', { timeout: 60_000 }, async () => {
  const driver = onTerminal('recover loss');
  const [, run] = await driver.until(/lifeboat approve (\S+) bring/);
  const follower = started(process.execPath, [PROGRAM, 'attach', '--log', 'night.log']);
  await follower.until(/lifeboat approve (\S+) bring/);
  expect(lifeboat('next').stdout).toContain(`  lifeboat approve ${run} bring --by NAME`);
  expect(lifeboat('approve', run as string, 'bring', '--by', 'ada').status).toBe(0);

  expect(await follower.ended).toBe(0);
  expect(await driver.ended).toBe(0);
  expect(follower.text()).toMatch(/ada approved \[1\/2\] bring[\s\S]*✔ \[1\/2\] bring[\s\S]*Recovered: It is gone/);
  expect(follower.text()).toContain('      file 2 of 2\n');
  expect(follower.text()).not.toContain(ESC);
  expect(readFileSync(join(folder, 'night.log'), 'utf8')).toMatch(/^\S+Z \S+ #1 run\.created by /);

  expect(driver.text()).toContain('Done 0 of 2');
  expect(driver.text()).toMatch(UP);
  expect(driver.text().trimEnd()).toMatch(/Next {5}lifeboat evidence verify \S+$/);
  // The cursor is never hidden, so that nothing has to be put back, however the program ends.
  expect(driver.text()).not.toContain(`${ESC}?25l`);
});

test('a dumb terminal gets lines only', { timeout: 60_000 }, async () => {
  const driver = onTerminal('recover loss --plain', 'dumb');
  const [, run] = await driver.until(/lifeboat approve (\S+) bring/);
  expect(lifeboat('approve', run as string, 'bring', '--by', 'ada').status).toBe(0);
  expect(await driver.ended).toBe(0);
  expect(driver.text()).toContain('file 2 of 2');
  expect(driver.text()).not.toMatch(UP);
  expect(driver.text()).not.toContain('Done 0 of 2');
});
