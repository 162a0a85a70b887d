import { afterEach, expect, test, vi } from 'vitest';
import { ThreadLost } from '../lib/thread.ts';
import type { BackupManifest, BackupRepository } from '../model/repository.ts';
import { generateIdentity } from './crypt.ts';
import { memoryStore } from './memory-store.fake.ts';
import { readAll, takeBackup, testClock } from './repository.fake.ts';
import { createRepository, openRepository } from './repository.ts';

const threads = vi.hoisted(() => ({ started: 0, lose: false }));
vi.mock('../lib/thread.ts', async (original) => {
  const real = await original<typeof import('../lib/thread.ts')>();
  return {
    ...real,
    openThread: (...args: Parameters<typeof real.openThread>) => {
      threads.started++;
      const thread = real.openThread(...args);
      const call = () => Promise.reject(new ThreadLost('lost'));
      return threads.lose ? { ...thread, call, waiting: 0 } : thread;
    },
  };
});
afterEach(() => Object.assign(threads, { started: 0, lose: false }));

const OBJECT = 100_000;
const CONTENT = Buffer.from(Array.from({ length: 350_000 }, (_, at) => (at * at) % 251));

async function stored(threadsFrom: number) {
  const clock = testClock();
  const store = memoryStore();
  const { identity, recipient } = await generateIdentity();
  await createRepository(store, { recipients: [recipient], id: 'r', now: clock.now() });
  const open = (key = identity) =>
    openRepository(store, { recipients: [], identities: () => [key], clock, objectBytes: OBJECT, threadsFrom });
  const repository = await open();
  const manifest = await takeBackup(repository, { 'base.tar': CONTENT });
  return { store, repository, manifest, open };
}

test('small things start no thread, and large ones come back the same through threads', async () => {
  const small = await stored(2 * CONTENT.length);
  expect((await readAll(small.repository, small.manifest, 'base.tar')).equals(CONTENT)).toBe(true);
  expect(threads.started).toBe(0);
  const large = await stored(0);
  expect((await readAll(large.repository, large.manifest, 'base.tar')).equals(CONTENT)).toBe(true);
  expect(threads.started).toBeGreaterThan(0);
});

test('a stretch of log comes back the same through threads', async () => {
  const { repository } = await stored(0);
  const log = await repository.putLog({ component: 'db', system: '7', timeline: 1, from: 0x100n, bytes: CONTENT });
  expect((await repository.readLog(log)).equals(CONTENT)).toBe(true);
});

test('objects are opened without threads when those are lost', async () => {
  threads.lose = true;
  const { repository, manifest } = await stored(0);
  expect((await readAll(repository, manifest, 'base.tar')).equals(CONTENT)).toBe(true);
  expect(threads.started).toBeGreaterThan(0);
});

const read = (repository: BackupRepository, manifest: BackupManifest) => readAll(repository, manifest, 'base.tar');
const damaged = expect.objectContaining({ code: 'OBJECT_DAMAGED' });

test('an object with any one byte changed, cut short, swapped or missing is refused', async () => {
  const { store, repository, manifest } = await stored(0);
  const [first, second] = manifest.parts[0]?.objects ?? [];
  if (!first || !second) throw new Error('two objects are needed');
  const whole = store.objects.get(first.key) as Buffer;
  const places = [0, 30, 120, whole.indexOf('\n--- ') + 10, whole.length >> 1, whole.length - 1];
  const spoiled = places.map((at) => Buffer.from(whole.map((byte, index) => (index === at ? byte ^ 1 : byte))));
  for (const bytes of [...spoiled, whole.subarray(0, -1), store.objects.get(second.key) as Buffer]) {
    store.objects.set(first.key, bytes);
    await expect(read(repository, manifest)).rejects.toEqual(damaged);
  }
  store.objects.delete(first.key);
  await expect(read(repository, manifest)).rejects.toEqual(damaged);
});

test('a manifest that promises another content is not believed, unless the reader proves it himself', async () => {
  const { repository, manifest } = await stored(0);
  const [part] = manifest.parts;
  const objects = part?.objects.map((object) => ({ ...object, plainSha256: '0'.repeat(64) })) ?? [];
  const other = { ...manifest, parts: [{ ...part, objects }] } as BackupManifest;
  await expect(read(repository, other)).rejects.toEqual(damaged);
  const pieces: Buffer[] = [];
  for await (const piece of repository.read(other, 'base.tar', { provenByReader: true })) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(CONTENT)).toBe(true);
});

test('another size than the manifest promises is damage', async () => {
  const { repository, manifest } = await stored(0);
  const [part] = manifest.parts;
  for (const more of [-1, 1]) {
    const objects = part?.objects.map((object) => ({ ...object, plainBytes: object.plainBytes + more })) ?? [];
    const other = { ...manifest, parts: [{ ...part, objects }] } as BackupManifest;
    await expect(read(repository, other)).rejects.toEqual(damaged);
  }
});

test('another key opens nothing, and says that it is the key', async () => {
  const { open, manifest } = await stored(0);
  const { identity } = await generateIdentity();
  await expect(read(await open(identity), manifest)).rejects.toMatchObject({ code: 'KEY_WRONG' });
});

test('objects that a reader has no need of are not fetched', async () => {
  const { store, repository, manifest } = await stored(0);
  const [, second] = manifest.parts[0]?.objects ?? [];
  store.objects.delete(second?.key ?? '');
  const asked: string[] = [];
  const skip = (from: number, to: number) => {
    asked.push(`${from}-${to}`);
    return from === OBJECT;
  };
  const pieces: Buffer[] = [];
  for await (const piece of repository.read(manifest, 'base.tar', { skip })) pieces.push(piece);
  expect(asked).toEqual(['0-100000', '100000-200000', '200000-300000', '300000-350000']);
  expect(Buffer.concat(pieces).equals(Buffer.concat([CONTENT.subarray(0, OBJECT), CONTENT.subarray(2 * OBJECT)]))).toBe(
    true,
  );
});
