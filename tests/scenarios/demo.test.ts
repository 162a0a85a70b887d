import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bar } from '../../lab/demo/screen.ts';

const DEMO = join(import.meta.dirname, '../../lab/demo.ts');
let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lifeboat-demo-test-'));
  await chmod(cwd, 0o711);
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

/** The demo in a temporary folder of its own, so that what it leaves behind can be seen. */
function demo(args: readonly string[]) {
  const child = spawn(process.execPath, [DEMO, ...args], { cwd, env: { ...process.env, TMPDIR: cwd } });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => {
    output.stdout += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    output.stderr += bytes.toString();
  });
  const ended = new Promise<{ code: number | null } & typeof output>((resolve) =>
    child.once('close', (code) => resolve({ code, ...output })),
  );
  return { child, output, ended };
}

const leftovers = async () => (await readdir(cwd)).filter((name) => name.startsWith('lifeboat-lab-'));

test('two demos at once: each prints one document, keeps its evidence and leaves no world behind', async () => {
  const runs = [demo(['--scenario', 'deletion', '--json']), demo(['--scenario', 'destroyed', '--json'])];
  const [deletion, destroyed] = await Promise.all(runs.map((run) => run.ended));
  expect([deletion?.code, deletion?.stderr]).toEqual([0, expect.any(String)]);
  const first = JSON.parse(deletion?.stdout ?? '').scenarios.deletion;
  expect(first).toMatchObject({ lost_commits: 0, verified: true, problems: [] });
  expect(first.rows_restored).toBe(first.rows_deleted);
  expect(first.objective).toEqual({ rto_seconds: 1800, rpo_seconds: 0, detect_within_seconds: 300 });
  expect(first.human_wait_seconds).toBeGreaterThan(1);
  const second = JSON.parse(destroyed?.stdout ?? '').scenarios.destroyed;
  expect(second).toMatchObject({ verified: true, problems: [] });
  expect(second.objective).toEqual({ rto_seconds: 7200, rpo_seconds: 300, detect_within_seconds: 300 });
  for (const { evidence, report } of [first, second])
    expect([existsSync(evidence), existsSync(report)]).toEqual([true, true]);
  expect(await leftovers()).toEqual([]);
}, 180_000);

describe('whatever ends it, the world is gone afterwards', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ] as const)(
    '%s',
    async (signal, code) => {
      const { child, output, ended } = demo(['--scenario', 'deletion']);
      for (const end = Date.now() + 60_000; !/STRIKE/.test(output.stdout); await pause(50))
        if (Date.now() > end || child.exitCode !== null) throw new Error(`no strike: ${output.stdout}${output.stderr}`);
      child.kill(signal);
      expect((await ended).code).toBe(code);
      for (const end = Date.now() + 20_000; (await leftovers()).length > 0 && Date.now() < end; ) await pause(50);
      expect(await leftovers()).toEqual([]);
    },
    120_000,
  );
});

test('arguments that it does not take are refused with exit code 2', async () => {
  for (const args of [['--scenario', 'flood'], ['--jsn']]) {
    const { code, stderr, stdout } = await demo(args).ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--scenario NAME');
  }
  expect((await demo(['--help']).ended).code).toBe(0);
});

describe('the bar', () => {
  test('draws how much of a promise was used', () => {
    expect(bar(15, 30)).toBe(`${'█'.repeat(12)}${'░'.repeat(12)} 15s of 30s`);
    expect(bar(0.001, 3600)).toMatch(/^█░/);
  });
  test('says when it was missed, and when nothing was measured', () => {
    expect(bar(1, 0)).toContain('MISSED');
    expect(bar(0, 0)).toBe(`${'░'.repeat(24)} 0s of 0s`);
    expect(bar(null, 30)).toBe('not measured');
  });
});
