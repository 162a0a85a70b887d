import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = process.cwd();
const program = join(root, 'bin/lifeboat.js');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-program-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: readonly string[], cwd = folder) => spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });

/** Makes this Node say that it is an old one. */
const OLD =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})';

describe('the program', () => {
  test('says its version, and nothing else', () => {
    expect(run([program, '--version'])).toMatchObject({ status: 0, stdout: '0.1.0\n', stderr: '' });
  });

  test('runs a command without a word of its own on stderr', () => {
    const key = join(folder, 'quiet.key');
    expect(run([program, 'key', 'new', '--out', key])).toMatchObject({ status: 0, stderr: '' });
  });

  test('opens the journal without a warning', () => {
    const { status, stdout, stderr } = run([program, 'runs', '--state', join(folder, 'state')]);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `No run is kept in ${join(folder, 'state')}.\n`,
      stderr: '',
    });
  });

  test('errors go to stderr with a hint and the exit code', () => {
    const { status, stdout, stderr } = run([program, 'check']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^lifeboat: there is no lifeboat\.yaml in .*\n {2}→ .*\n {2}\(USAGE, exit 2\)\n$/);
  });

  test('does not mind a reader that goes away', async () => {
    const child = spawn(process.execPath, [program, 'recover', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (text) => {
      errors += text;
    });
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });
});

describe('with an old Node', () => {
  test('finds the newer one of the clone', () => {
    expect(run(['--import', OLD, program, '--version'])).toMatchObject({ status: 0, stdout: '0.1.0\n', stderr: '' });
  });

  test('passes the exit code on', () => {
    expect(run(['--import', OLD, program, 'nonsense']).status).toBe(2);
  });

  test('says in one sentence what is needed when there is none', () => {
    mkdirSync(join(folder, 'alone/bin'), { recursive: true });
    cpSync(program, join(folder, 'alone/bin/lifeboat.js'));
    cpSync(join(root, 'package.json'), join(folder, 'alone/package.json'));
    const { status, stderr } = run(['--import', OLD, join(folder, 'alone/bin/lifeboat.js'), '--version']);
    expect(status).toBe(24);
    expect(stderr).toContain('this is Node 20.1.0, and Lifeboat needs Node 24 or newer');
  });
});

describe('built for publishing', () => {
  let installed: string;
  beforeAll(() => {
    installed = join(folder, 'installed');
    mkdirSync(installed);
    const built = run([
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      join(root, 'tsconfig.build.json'),
      '--outDir',
      join(installed, 'dist'),
    ]);
    expect(built).toMatchObject({ status: 0, stdout: '' });
    for (const part of ['bin', 'package.json']) cpSync(join(root, part), join(installed, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
  });

  test('runs without its sources', () => {
    const built = join(installed, 'bin/lifeboat.js');
    expect(run([built, '--version'])).toMatchObject({ status: 0, stdout: '0.1.0\n' });
    expect(run([built, 'init', '--repository', 'backups', '--json'], installed)).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(run([built, 'points', '--json'], installed).status).toBe(0);
  });

  test('holds no tests and no fakes', () => {
    expect(existsSync(join(installed, 'dist/main/cli.js'))).toBe(true);
    expect(existsSync(join(installed, 'dist/engine/testing'))).toBe(false);
    expect(existsSync(join(installed, 'dist/lib/clock.fake.js'))).toBe(false);
  });
});
