import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lbone-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a second one is refused while the first works, and may when it is through, however that ended', async () => {
  const busy = oneAtATime(folder, 'verify-a', async () => {
    await expect(oneAtATime(folder, 'verify-a', async () => 1)).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    expect(await oneAtATime(folder, 'verify-b', async () => 2)).toBe(2);
    throw new Error('it failed');
  });
  await expect(busy).rejects.toThrow('it failed');
  expect(await oneAtATime(folder, 'verify-a', async () => 3)).toBe(3);
});

test.each(['', '999999999 boot/1', `${process.pid} another-start`])(
  'what a killed one left (%j) is no hindrance',
  async (text) => {
    await oneAtATime(folder, 'verify-b', async () => undefined);
    await writeFile(join(folder, 'instances', 'verify-a.lock'), text);
    expect(await oneAtATime(folder, 'verify-a', async () => 4)).toBe(4);
  },
);
