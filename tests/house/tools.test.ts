import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-tools-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
}

function run(program: string, env: Record<string, string> = {}) {
  const given = { ...process.env, LAB_REQUIRED: '0', ...env };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], {
    cwd: folder,
    encoding: 'utf8',
    env: given,
  });
  return { status, stdout, stderr, last: stdout.trimEnd().split('\n').at(-1) };
}

describe('the test command', () => {
  const runTests = (env?: Record<string, string>) => run(join(root, 'tools/run-tests.ts'), env);
  const testsOf = (body: string) =>
    file('a.test.ts', `import { expect, test } from '${root}/node_modules/vitest/dist/index.js';\n${body}\n`);

  test('ends with the count, alone on its line', () => {
    testsOf(`test('one', () => {}); test('two', () => {});`);
    expect(runTests()).toMatchObject({ status: 0, last: '2 passed, 0 failed' });
  });

  test('fails with a failing test', () => {
    testsOf(`test('one', () => {}); test('two', () => expect(1).toBe(2));`);
    expect(runTests()).toMatchObject({ status: 1, last: '1 passed, 1 failed' });
  });

  test('fails with a file that cannot be loaded', () => {
    testsOf(`test('one', () => {});`);
    file('b.test.ts', `import './nowhere.ts';`);
    expect(runTests()).toMatchObject({ status: 1, last: '1 passed, 1 failed' });
  });

  test('fails with an error outside of any test', () => {
    testsOf(`test('one', () => { void Promise.reject(new Error('lost')); });`);
    expect(runTests()).toMatchObject({ status: 1, last: '1 passed, 1 failed' });
  });

  test('fails without a single test', () => {
    expect(runTests()).toMatchObject({ status: 1, last: '0 passed, 1 failed' });
  });

  test('names what was skipped, and fails with it where the whole lab is required', () => {
    testsOf(`test('one', () => {}); test.skip('two', () => {});`);
    const lenient = runTests();
    expect(lenient).toMatchObject({ status: 0, last: '1 passed, 0 failed, 1 skipped' });
    expect(lenient.stdout).toContain('skipped: two');
    expect(runTests({ LAB_REQUIRED: '1' })).toMatchObject({ status: 1, last: '1 passed, 0 failed, 1 skipped' });
  });
});

describe('the house rules', () => {
  const check = () => run(join(root, 'tools/check-house.ts'));
  beforeEach(() => {
    for (const part of ['src', 'lab', 'tests', 'tools', 'bin']) mkdirSync(join(folder, part));
  });

  test('are kept by short files that take the clock as an argument', () => {
    file('src/engine/good.ts', 'export const at = (clock: { now(): Date }) => clock.now();\n');
    file('src/main/clock.ts', 'export const now = () => Date.now();\n');
    expect(check()).toMatchObject({ status: 0, stderr: 'house rules: kept\n' });
  });

  test.each([
    ['the machine’s clock', 'export const at = new Date();', 'time and chance'],
    ['chance', 'export const id = Math.random();', 'time and chance'],
    ['unfinished work', `export const x = 1; // ${'TO'}${'DO'} later`, 'unfinished work'],
  ])('are broken by %s', (_what, text, why) => {
    file('src/engine/bad.ts', `${text}\n`);
    const { status, stderr } = check();
    expect(status).toBe(1);
    expect(stderr).toContain(`src/engine/bad.ts:1: ${why}`);
  });

  test('are broken by a unit test that changes the process it shares with others', () => {
    for (const line of ['vi.useFakeTimers();', "process.env.HOME = '/';", 'Error.stackTraceLimit = 0;'])
      file(`src/${line.length}.test.ts`, `${line}\n`);
    file('src/lib/clock.test.ts', 'vi.useFakeTimers();\n');
    const { status, stderr } = check();
    expect(status).toBe(1);
    expect(
      stderr.match(/:1: it changes the process that others share: name it in tools\/tests-alone.ts/g),
    ).toHaveLength(3);
    expect(stderr).not.toContain('clock.test.ts');
  });

  test('are broken by a long file, wherever it is', () => {
    file('tests/long.test.ts', 'export {};\n'.repeat(401));
    expect(check().stderr).toContain('tests/long.test.ts: 401 lines, more than 400: split it');
  });
});

describe('making sure that everything is installed', () => {
  const lock = (version: string) => JSON.stringify({ packages: { '': {}, 'node_modules/some': { version } } });
  const ensure = () => {
    cpSync(join(root, 'tools/ensure-installed.mjs'), join(folder, 'tools/ensure-installed.mjs'));
    // An npm that tells what it was asked, so that nothing is fetched.
    file('programs/npm', '#!/bin/sh\necho "npm was asked: $*"\nexit 1\n');
    spawnSync('chmod', ['+x', join(folder, 'programs/npm')]);
    return run(join(folder, 'tools/ensure-installed.mjs'), { PATH: `${join(folder, 'programs')}:${process.env.PATH}` });
  };
  const withNode = () => {
    file('node_modules/node/bin/node', '#!/bin/sh\necho v24.1.0\n');
    spawnSync('chmod', ['+x', join(folder, 'node_modules/node/bin/node')]);
  };

  test('does nothing when it is', () => {
    file('package-lock.json', lock('1.0.0'));
    file('node_modules/.package-lock.json', lock('1.0.0'));
    withNode();
    expect(ensure()).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test.each([
    ['nothing is there', undefined, 'there are none yet'],
    ['another version is there', lock('0.9.0'), 'node_modules/some differs from package-lock.json'],
  ])('installs, visibly, when %s', (_what, installed, why) => {
    file('package-lock.json', lock('1.0.0'));
    if (installed) file('node_modules/.package-lock.json', installed);
    const { status, stdout, stderr } = ensure();
    expect({ status, stdout }).toEqual({ status: 24, stdout: '' });
    expect(stderr).toContain(`installing dependencies (${why})`);
    expect(stderr).toContain('npm was asked: install --no-save');
  });

  test('fetches Node when install scripts were not allowed to', () => {
    file('package-lock.json', lock('1.0.0'));
    file('node_modules/.package-lock.json', lock('1.0.0'));
    file('node_modules/node/installArchSpecificPackage.js', 'process.exit(3)');
    const { status, stderr } = ensure();
    expect(status).toBe(24);
    expect(stderr).toContain('fetching Node 24 (install scripts did not run)');
  });
});

describe('making sure of what Debian has', () => {
  const tool = join(root, 'tools/ensure-debian-packages.mjs');
  const programs = () => join(folder, 'programs');
  beforeEach(() => {
    // An apt-get that tells what it was asked, so that nothing is installed; and no browser.
    file('programs/apt-get', '#!/bin/sh\necho "apt-get was asked: $*" >&2\nexit 1\n');
    spawnSync('chmod', ['+x', join(programs(), 'apt-get')]);
  });

  test('says what is missing and what is skipped, and goes on', () => {
    const { status, stderr } = run(tool, { PATH: programs() });
    expect(status).toBe(0);
    expect(stderr).toMatch(/^lifeboat: not on this machine: .*chromium/);
    expect(stderr).toContain('tests that open documents in a browser are skipped');
    expect(stderr).not.toContain('apt-get was asked');
  });

  test('does not go on without it where nothing may be skipped', () =>
    expect(run(tool, { PATH: programs(), LAB_REQUIRED: '1' }).status).toBe(24));

  test('is content with a browser that is there', () => {
    file('programs/google-chrome', '');
    expect(run(tool, { PATH: programs() }).stderr).not.toContain('chromium');
  });
});
