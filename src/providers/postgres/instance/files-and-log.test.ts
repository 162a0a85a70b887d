import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogRef } from '../../../model/repository.ts';
import { type WriteRequest, writeFilesAndLog } from './files-and-log.ts';
import type { RestorePlan } from './restore-point.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lbboth-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const SEGMENT = 1024 * 1024;
const piece = (from: number, to: number): LogRef => ({
  key: `log-${from}`,
  component: 'database',
  system: '1',
  timeline: 1,
  from: BigInt(from),
  to: BigInt(to),
  storedBytes: 0,
});

/** A backup that ends in the middle of its second segment, and brings that along. */
async function request(more: Partial<WriteRequest['repository']> = {}): Promise<WriteRequest> {
  const tar = pack();
  tar.entry({ name: 'pg_wal', type: 'directory' });
  tar.entry({ name: 'PG_VERSION' }, '15\n');
  tar.entry({ name: 'pg_wal/000000010000000000000001' }, Buffer.alloc(SEGMENT, 'b'));
  tar.finalize();
  const bytes = await buffer(tar as unknown as AsyncIterable<Buffer>);
  const pieces = [piece(SEGMENT + 100, SEGMENT + 200), piece(2 * SEGMENT, 3 * SEGMENT)];
  const facts = { endLsn: '0/100150' };
  const manifest = { id: 'base-1', facts, parts: [{ name: 'base.tar', plainBytes: bytes.length }] };
  const sha256 = createHash('sha256').update('15\n').digest('hex');
  return {
    plan: {
      pieces,
      histories: new Map([[2, 'history']]),
      line: { manifest, segmentBytes: SEGMENT },
    } as unknown as RestorePlan,
    repository: {
      read: async function* () {
        yield bytes;
      },
      readLog: async ({ from, to }) => Buffer.alloc(Number(to - from), 'l'),
      ...more,
    },
    listed: new Map([['PG_VERSION', { size: 3, sha256 }]]),
    dataFolder: join(root, 'data'),
    tablespaceFolder: join(root, 'tablespaces'),
    signal: new AbortController().signal,
  };
}

test('what was streamed lies over the segment that came with the backup', async () => {
  await writeFilesAndLog(await request());
  const log = join(root, 'data/pg_wal');
  expect((await readdir(log)).sort()).toEqual([
    '000000010000000000000001',
    '000000010000000000000002',
    '00000002.history',
  ]);
  const first = readFileSync(join(log, '000000010000000000000001'), 'latin1');
  expect(first.slice(99, 201)).toBe(`b${'l'.repeat(100)}b`);
  expect(first).toHaveLength(SEGMENT);
  expect(readFileSync(join(log, '000000010000000000000002')).every((byte) => byte === 0x6c)).toBe(true);
});

test('damage in the log stops the files, and is what is told', async () => {
  let objects = 0;
  const given = await request({
    read: async function* () {
      for (; objects < 1_000_000; objects++) {
        yield Buffer.alloc(0);
        await new Promise((later) => setImmediate(later));
      }
    },
    readLog: async () => Buffer.alloc(5),
  });
  await expect(writeFilesAndLog(given)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
  expect(objects).toBeLessThan(1000);
});

test('damage in the files stops the log, and is what is told', async () => {
  let read = 0;
  const given = await request({
    read: async function* () {
      yield Buffer.alloc(512, 'no tar');
    },
    readLog: async ({ from, to }) => {
      read++;
      await new Promise((later) => setImmediate(later));
      return Buffer.alloc(Number(to - from));
    },
  });
  const pieces = Array.from({ length: 1000 }, (_, at) => piece((at + 2) * SEGMENT, (at + 2) * SEGMENT + 10));
  const plan = { ...given.plan, pieces };
  await expect(writeFilesAndLog({ ...given, plan })).rejects.toThrow(/base.tar has a broken header/);
  expect(read).toBeLessThan(1000);
});

test('a person who interrupts need not wait for a repository that does not answer', async () => {
  const silent = new Promise<never>(() => undefined);
  const read = async function* (): AsyncGenerator<Buffer> {
    yield await silent;
  };
  const stop = new AbortController();
  const writing = writeFilesAndLog({ ...(await request({ read, readLog: () => silent })), signal: stop.signal });
  setImmediate(() => stop.abort(new Error('enough')));
  await expect(writing).rejects.toThrow('enough');
});

test('a person who interrupts stops both', async () => {
  const given = await request();
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  await expect(writeFilesAndLog({ ...given, signal: stop.signal })).rejects.toThrow('enough');
});
