import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/* The skeletons are made in a copy of the repository: what they make must fit it at once, and be red until it is written. */
const root = process.cwd();
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'lifeboat-skeletons-'));
  for (const part of ['src', 'tools', 'tsconfig.json', 'biome.json', 'package.json', 'vitest.config.ts'])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

const tool = (name: string, ...args: string[]) => run(process.execPath, `tools/${name}.ts`, ...args);
const program = (name: string, ...args: string[]) => run(join(root, 'node_modules/.bin', name), ...args);

describe('the skeletons', () => {
  test('are made and listed', () => {
    expect(tool('new-provider', 'redis', 'flush_cache')).toMatchObject({ status: 0 });
    expect(tool('new-action', 'http', 'ask_twice')).toMatchObject({ status: 0 });
    expect(tool('new-rule', 'upkeep', 'no-friday-drills')).toMatchObject({ status: 0 });
    expect(readFileSync(join(copy, 'src/providers/index.ts'), 'utf8')).toMatch(/providers = \[.*\bpostgres, redis\b/);
    expect(readFileSync(join(copy, 'src/providers/http/index.ts'), 'utf8')).toContain('[askTwice, waitHealthy]');
    expect(readFileSync(join(copy, 'src/check/rules/upkeep/index.ts'), 'utf8')).toContain('noFridayDrills');
  });

  test('compile', () => {
    expect(program('tsc', '-p', '.')).toEqual({ status: 0, text: '' });
  });

  test('keep the rules of style once they are formatted', () => {
    const made = ['src/providers/redis', 'src/providers/http', 'src/providers/index.ts', 'src/check/rules'];
    const { status, text } = program('biome', 'check', '--write', '--vcs-enabled=false', ...made);
    expect(text).not.toContain('lint/');
    expect(status).toBe(0);
  });

  test('are red until they are written', () => {
    const { status, text } = program('vitest', 'run', '--project', 'unit', 'flush-cache', 'ask-twice', 'rules.test');
    expect(status).toBe(1);
    for (const red of ['flush-cache.test.ts', 'ask-twice.test.ts', 'no-friday-drills']) expect(text).toContain(red);
  });

  test.each([
    ['new-action', ['nowhere', 'look'], 'there is no provider nowhere'],
    ['new-action', ['http'], 'usage: npm run new-action'],
    ['new-action', ['http', 'ask_twice'], 'exists; nothing was written'],
    ['new-provider', ['Redis', 'look'], 'usage: npm run new-provider'],
    ['new-rule', ['upkeep', 'no friday'], 'usage: npm run new-rule'],
    ['new-rule', ['nowhere', 'no-friday'], 'there is no theme nowhere: choose one of aws, backups'],
  ])('%s %j is refused', (name, args, says) => {
    const { status, text } = tool(name, ...args);
    expect(status).toBe(2);
    expect(text).toContain(says);
  });
});
