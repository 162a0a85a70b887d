import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { processStart, startFromPs, startFromStat } from '../lib/process-start.ts';
import { thisMachine } from './machine.ts';

async function child(): Promise<{ pid: number; end(): Promise<void> }> {
  const process_ = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(process_, 'spawn');
  return {
    pid: process_.pid as number,
    async end() {
      process_.kill('SIGKILL');
      await once(process_, 'close');
    },
  };
}

describe('a process', { timeout: 30_000 }, () => {
  test.each([
    ['by /proc or ps', processStart],
    ['by ps alone', startFromPs],
    ['without /proc and ps', (pid: number) => startFromPs(pid, 'no-such-program')],
  ])('is known while it lives, and gone afterwards: %s', async (_how, startedAt) => {
    const { pid, end } = await child();
    const start = startedAt(pid);
    expect(start).toBeTruthy();
    expect(startedAt(pid)).toBe(start);
    await end();
    expect(startedAt(pid)).toBeUndefined();
  });

  test('its start is read behind a name that looks like fields', () => {
    const rest = ['S', ...Array.from({ length: 18 }, (_, n) => n), 4242, 0].join(' ');
    expect(startFromStat(`77 (a) b (c) ${rest}`, 'boot')).toBe('boot/4242');
  });

  test.each(['Z', 'X', 'x'])('in state %s it does nothing any more', (state) => {
    expect(startFromStat(`77 (node) ${state} ${'0 '.repeat(30)}`, 'boot')).toBeUndefined();
  });

  test('a line that is cut tells nothing', () => {
    expect(startFromStat('77 (node) S 1', 'boot')).toBeUndefined();
  });
});

test('this machine knows this process', () => {
  const { host, pid, startedAt } = thisMachine();
  expect(host).not.toBe('');
  expect(pid).toBe(process.pid);
  expect(startedAt(pid)).toBeTruthy();
});
