import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPageSound, PAGE_BYTES, pageSum } from './page-sum.ts';
import { scanPages } from './scan-pages.ts';

const { signal } = new AbortController();
let folder: string;

/** A page in use, with the checksum of its place. */
function page(block: number, filling: number): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(PAGE_BYTES)).fill(filling);
  bytes.writeUInt16LE(4096, 14);
  bytes.writeUInt16LE(pageSum(bytes, block), 8);
  return bytes;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lbpages-'));
  for (const name of ['global', 'base/5', 'pg_tblspc']) await mkdir(join(folder, name), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('any byte of a page, and its place, count towards its checksum', () => {
  const sound = page(7, 3);
  expect(isPageSound(sound, 7)).toBe(true);
  expect(isPageSound(sound, 8)).toBe(false);
  for (const at of [0, 8, 9, 16, 4000, PAGE_BYTES - 1]) {
    const spoiled = Buffer.from(new ArrayBuffer(PAGE_BYTES));
    sound.copy(spoiled);
    spoiled[at] = (spoiled[at] as number) ^ 1;
    expect(isPageSound(spoiled, 7), `byte ${at}`).toBe(false);
  }
});

test('a page that was never used is nothing but zeros', () => {
  const empty = Buffer.from(new ArrayBuffer(PAGE_BYTES));
  expect(isPageSound(empty, 0)).toBe(true);
  empty[5000] = 1;
  expect(isPageSound(empty, 0)).toBe(false);
});

test('a data folder is read whole: forks and pieces, each page in its place, and nothing that is no table or index', async () => {
  await writeFile(join(folder, 'base/5/100'), Buffer.concat([page(0, 1), page(1, 2)]));
  await writeFile(join(folder, 'base/5/100.1'), page(131072, 3));
  await writeFile(join(folder, 'base/5/100_vm'), page(0, 4));
  await writeFile(join(folder, 'base/5/PG_VERSION'), '15\n');
  await writeFile(join(folder, 'global/pg_control'), 'no pages');
  expect(await scanPages(folder, signal)).toEqual({ files: 3, pages: 4, damaged: [], damagedPages: 0 });
});

test('a damaged page and a file that ends within one are named', async () => {
  await writeFile(join(folder, 'base/5/200'), Buffer.concat([page(0, 1), page(0, 1), page(2, 1).subarray(0, 100)]));
  const { damaged, damagedPages } = await scanPages(folder, signal);
  expect(damaged).toEqual(['base/5/200, page 1', 'base/5/200 ends within page 2']);
  expect(damagedPages).toBe(2);
});
