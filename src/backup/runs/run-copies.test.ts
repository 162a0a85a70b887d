import { describe, expect, test } from 'vitest';
import { chainLines, NO_LINES } from '../../model/journal-chain.ts';
import type { Store } from '../../model/repository.ts';
import type { CopyClaim, RunCopies } from '../../model/run-copy.ts';
import { generateIdentity } from '../crypt.ts';
import { type MemoryStore, memoryStore } from '../memory-store.fake.ts';
import { testClock } from '../repository.fake.ts';
import { createRepository } from '../repository.ts';
import { openRunCopies } from './open-run-copies.ts';
import { plainCopies } from './plain-copies.fake.ts';

const OWNER = { host: 'laptop', pid: 7, startedAt: 'boot/7' };
const at = '2026-01-14T03:05:00.000Z';
const origin = { plan: {}, planHash: 'h', planFile: 'f', scenario: 's', environment: 'e', inputs: {}, version: '0' };
const chained = chainLines(NO_LINES, { run: 'run-1', at, by: 'ada' }, [
  { type: 'run.created', ...origin },
  { type: 'run.claimed', epoch: 1, owner: OWNER },
  { type: 'step.noted', step: 'find', note: 'first' },
  { type: 'step.noted', step: 'find', note: 'second' },
  { type: 'step.noted', step: 'find', note: 'third' },
]);
const lines = chained.map(({ line }) => line);
const headAt = (seq: number) => ({ seq, hash: chained[seq - 1]?.hash ?? NO_LINES.hash });
const claim = (over: Partial<CopyClaim> = {}): CopyClaim => ({
  run: 'run-1',
  epoch: 1,
  by: 'ada',
  owner: OWNER,
  at,
  after: headAt(1),
  ...over,
});

/** Two owners: the first wrote three lines that count, and one more after the second had taken over. */
async function fill(copies: RunCopies): Promise<void> {
  await copies.claim(claim());
  await copies.keep('run-1', { epoch: 1, first: 1, lines: lines.slice(0, 2) });
  await copies.keep('run-1', { epoch: 1, first: 3, lines: lines.slice(2, 3) });
  await copies.sign({ run: 'run-1', epoch: 1, at, copied: headAt(3) });
  await copies.claim(claim({ epoch: 2, by: 'bob', after: headAt(3) }));
  await copies.keep('run-1', { epoch: 1, first: 4, lines: ['{"something":"else"}'] });
  await copies.keep('run-1', { epoch: 2, first: 4, lines: lines.slice(3) });
  await copies.sign({ run: 'run-1', epoch: 2, at, copied: headAt(5) });
}

async function sealed(store: Store = memoryStore()) {
  const { identity, recipient } = await generateIdentity();
  await createRepository(store, { recipients: [recipient], id: 'r', now: testClock().now() });
  const open = (keys: readonly string[] = [identity]) =>
    openRunCopies(store, { recipients: [], identities: () => keys });
  return { store: store as MemoryStore, open };
}

describe('the copy of a run', () => {
  test('is read as it was written, and says where an earlier owner went on', async () => {
    const { open, store } = await sealed();
    await fill(open());
    const copy = await open().read('run-1');
    expect(copy.lines).toEqual(lines);
    expect(copy.head).toEqual(headAt(5));
    expect(copy.claims.map(({ by }) => by)).toEqual(['ada', 'bob']);
    expect(copy.parted).toEqual([{ epoch: 1, after: 3, last: 4 }]);
    expect(await open().runs()).toEqual(['run-1']);
    expect([...store.objects.values()].some((bytes) => bytes.includes('second'))).toBe(false);
  });

  test('keeps a claim once: the first one wins, and may ask again', async () => {
    const { open } = await sealed();
    const [mine, other] = [claim(), claim({ by: 'bob', owner: { ...OWNER, host: 'tablet' } })];
    const won = await Promise.all([open().claim(mine), open().claim(other)]);
    expect(won[0]).toEqual(won[1]);
    expect(await open().claim(mine)).toEqual(won[0]);
  });

  test('takes lines that were sent again together with newer ones, but not other ones of the same number', async () => {
    const copies = plainCopies();
    await copies.claim(claim());
    await copies.keep('run-1', { epoch: 1, first: 1, lines: lines.slice(0, 3) });
    await copies.keep('run-1', { epoch: 1, first: 3, lines: lines.slice(2) });
    expect((await copies.read('run-1')).lines).toEqual(lines);
    await copies.keep('run-1', { epoch: 1, first: 3, lines: ['{}'] });
    await expect(copies.read('run-1')).rejects.toMatchObject({
      code: 'OBJECT_DAMAGED',
      message: expect.stringContaining('another event 3'),
    });
  });

  test('is not there for a name that nothing has, or that is no name', async () => {
    const { open } = await sealed();
    for (const name of ['run-9', '../run-1', 'a/b', ''])
      await expect(open().read(name)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });

  test('without a key, and with another one, says which is needed', async () => {
    const { open } = await sealed();
    await fill(open());
    await expect(open([]).read('run-1')).rejects.toMatchObject({ code: 'KEY_MISSING' });
    const { identity } = await generateIdentity();
    await expect(open([identity]).read('run-1')).rejects.toMatchObject({
      code: 'KEY_WRONG',
      message: expect.stringContaining('runs/run-1/log/'),
    });
  });

  test('where the repository is gone, nothing is written, and nothing is taken for an empty one', async () => {
    const { open, store } = await sealed();
    store.objects.clear();
    await expect(open().claim(claim())).rejects.toMatchObject({ code: 'REPOSITORY_MISSING' });
    await expect(open().claims('run-1')).rejects.toMatchObject({ code: 'REPOSITORY_MISSING' });
    expect(store.objects.size).toBe(0);
  });

  test('is read again when it grew meanwhile', async () => {
    const store = memoryStore();
    const copies = plainCopies(store);
    await copies.claim(claim());
    await copies.keep('run-1', { epoch: 1, first: 1, lines: lines.slice(0, 3) });
    let grown = false;
    const growing: Store = {
      ...store,
      async list(prefix) {
        const found = await store.list(prefix);
        if (prefix.endsWith('/claims/') && !grown) {
          grown = true;
          await copies.claim(claim({ epoch: 2, after: headAt(3) }));
          await copies.keep('run-1', { epoch: 2, first: 4, lines: lines.slice(3) });
        }
        return found;
      },
    };
    expect((await plainCopies(growing).read('run-1')).lines).toEqual(lines);
  });
});

describe('damage of a copy is named, and nothing is given out', async () => {
  // Not sealed: every check is met before anything would be decrypted, and thousands of keys would take minutes.
  const store = memoryStore();
  const open = () => plainCopies(store);
  await fill(open());
  const whole = new Map(store.objects);
  const keys = [...whole.keys()];

  const readOf = async (objects: Map<string, Buffer>): Promise<unknown> => {
    store.objects.clear();
    for (const [key, bytes] of objects) store.objects.set(key, bytes);
    return open().read('run-1');
  };

  test.each(keys)('every byte of %s', async (key) => {
    const bytes = whole.get(key) as Buffer;
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8((changed.readUInt8(index) + 1) % 256, index);
      await expect(readOf(new Map(whole).set(key, changed))).rejects.toMatchObject({
        code: 'OBJECT_DAMAGED',
        message: expect.stringContaining(key),
      });
    }
    for (const length of [0, 1, bytes.length - 1])
      await expect(readOf(new Map(whole).set(key, bytes.subarray(0, length)))).rejects.toMatchObject({
        code: 'OBJECT_DAMAGED',
      });
  });

  /** What a later claim or sign vouches for is missed. What parted, and the last word of an owner, may go unseen. */
  const missed = keys.filter((key) => !key.includes('/signs/') && !/log\/000001\/0*4-/.test(key));
  test.each(missed)('%s is not there', async (key) => {
    const without = new Map(whole);
    without.delete(key);
    await expect(readOf(without)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
  });

  test('any two objects have changed places', async () => {
    for (const one of keys)
      for (const other of keys.filter((key) => key > one)) {
        const swapped = new Map(whole);
        swapped.set(one, whole.get(other) as Buffer).set(other, whole.get(one) as Buffer);
        await expect(readOf(swapped)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
      }
  });

  test('an object has another name, or is of another run', async () => {
    for (const key of keys.filter((one) => one.includes('/log/'))) {
      const renamed = new Map(whole);
      renamed.delete(key);
      renamed.set(key.replace(/(\d{8})-(\d{8})/, '00000001-00000009'), whole.get(key) as Buffer);
      await expect(readOf(renamed)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
      await expect(readOf(new Map(whole).set(`${key}.old`, Buffer.of(1)))).rejects.toMatchObject({
        code: 'OBJECT_DAMAGED',
      });
    }
    const moved = new Map([...whole].map(([key, bytes]) => [key.replace('run-1', 'run-2'), bytes]));
    await readOf(moved).catch(() => undefined);
    await expect(open().read('run-2')).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
  });
});
