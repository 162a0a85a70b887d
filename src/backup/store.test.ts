import { randomBytes } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { chmod, link, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Files, openFolderStore } from './folder-store.ts';
import { memoryStore } from './memory-store.fake.ts';
import { storeContract } from './store.testsuite.ts';
import { Crash, crashAfter, withFaults } from './store-faults.fake.ts';

const scratch = await mkdtemp(join(tmpdir(), 'lifeboat-store-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));
const folder = (): string => join(scratch, randomBytes(6).toString('hex'), 'repository');

const failing = (code: string) => async (): Promise<never> => {
  throw Object.assign(new Error(`${code}: made up`), { code });
};

storeContract('memory', async () => memoryStore());
storeContract('a folder', async () => openFolderStore(folder()));
storeContract('a folder without hard links', async () =>
  openFolderStore(folder(), { ...nodeFiles, link: failing('EPERM') }),
);

describe('a folder store', () => {
  test('keeps everything private to its owner', async () => {
    const path = folder();
    await openFolderStore(path).put('a/object', Buffer.from('x'));
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect((await stat(join(path, 'a'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(path, 'a/object'))).mode & 0o777).toBe(0o600);
  });

  test('leaves no unfinished file behind, and does not list one', async () => {
    const path = folder();
    const store = openFolderStore(path);
    await store.put('object', Buffer.from('x'));
    expect(await readdir(join(path, '.tmp'))).toEqual([]);
    await writeFile(join(path, '.tmp/half'), 'half');
    expect(await store.list('')).toEqual([{ key: 'object', bytes: 1 }]);
  });

  test('does not list what is not an object: folders of the system, links, strange names', async () => {
    const path = folder();
    const store = openFolderStore(path);
    await store.put('object', Buffer.from('x'));
    await mkdir(join(path, 'lost+found'));
    await writeFile(join(path, 'lost+found/file'), 'x');
    await nodeFiles.symlink('/etc/hostname', join(path, 'link'));
    await writeFile(join(path, 'with space'), 'x');
    expect(await store.list('')).toEqual([{ key: 'object', bytes: 1 }]);
  });

  test('clears away what a process left that died more than a day ago, and nothing younger', async () => {
    const path = folder();
    await mkdir(join(path, '.tmp'), { recursive: true });
    await writeFile(join(path, '.tmp/old'), 'half');
    await writeFile(join(path, '.tmp/young'), 'half');
    const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(join(path, '.tmp/old'), longAgo, longAgo);
    await openFolderStore(path).put('object', Buffer.from('x'));
    expect(await readdir(join(path, '.tmp'))).toEqual(['young']);
  });

  test.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EACCES', 'TARGET_DENIED'],
    ['EROFS', 'TARGET_DENIED'],
    ['EIO', 'TARGET_FAILED'],
  ])('%s while writing is %s, and nothing is left', async (code, known) => {
    const path = folder();
    const store = openFolderStore(path, { ...nodeFiles, open: openFailing(code) });
    await expect(store.put('a/object', Buffer.from('x'))).rejects.toMatchObject({ code: known });
    expect(await readdir(join(path, '.tmp'))).toEqual([]);
    expect(await openFolderStore(path).list('')).toEqual([]);
  });

  test('an unfinished file that cannot be published is removed', async () => {
    const path = folder();
    const store = openFolderStore(path, { ...nodeFiles, link: failing('EIO') });
    await expect(store.put('object', Buffer.from('x'))).rejects.toMatchObject({ code: 'TARGET_FAILED' });
    expect(await readdir(join(path, '.tmp'))).toEqual([]);
  });

  test('a second writer that comes between look and link loses', async () => {
    const path = folder();
    const slow: Files['link'] = async (from, to) => {
      await writeFile(to, 'somebody else');
      return link(from, to);
    };
    const store = openFolderStore(path, { ...nodeFiles, link: slow });
    await expect(store.put('object', Buffer.from('x'))).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    expect(await store.get('object')).toEqual(Buffer.from('somebody else'));
  });

  test.each([
    ['get', { readFile: failing('EACCES') as never }],
    ['list', { readdir: failing('EACCES') as never }],
    ['remove', { unlink: failing('EACCES') as never }],
  ] as const)('%s that is not allowed says so, instead of finding nothing', async (verb, broken) => {
    const store = openFolderStore(folder(), { ...nodeFiles, ...broken });
    await expect(store[verb]('object')).rejects.toMatchObject({ code: 'TARGET_DENIED' });
  });

  test('a folder that cannot be listed is not an empty one', async () => {
    const path = folder();
    const store = openFolderStore(path);
    await store.put('a/object', Buffer.from('x'));
    await chmod(join(path, 'a'), 0o700);
    const blind: Files['readdir'] = ((at: string, options: never) =>
      at.endsWith('a/') || at.endsWith('/a') ? failing('EIO')() : nodeFiles.readdir(at, options)) as never;
    const broken = openFolderStore(path, { ...nodeFiles, readdir: blind });
    await expect(broken.list('')).rejects.toMatchObject({ code: 'TARGET_FAILED' });
  });

  test('a list does not lead out of the folder', async () => {
    await expect(openFolderStore(folder()).list('../')).rejects.toThrow(RangeError);
  });

  test('folders that cannot be synced, as on network disks, are no error; other failures are', async () => {
    const store = openFolderStore(folder(), { ...nodeFiles, open: syncFailing('EINVAL') });
    await store.put('object', Buffer.from('x'));
    expect(await store.get('object')).toEqual(Buffer.from('x'));
    const broken = openFolderStore(folder(), { ...nodeFiles, open: syncFailing('EIO') });
    await expect(broken.put('object', Buffer.from('x'))).rejects.toMatchObject({ code: 'TARGET_FAILED' });
  });
});

/** Opens files whose writing fails. */
function openFailing(code: string): Files['open'] {
  return async (path, flags, mode) => {
    const file = await nodeFiles.open(path, flags, mode);
    if (flags === 'wx') file.writeFile = failing(code);
    return file;
  };
}

/** Opens folders whose sync fails. */
function syncFailing(code: string): Files['open'] {
  return async (path, flags, mode) => {
    const file = await nodeFiles.open(path, flags, mode);
    if (flags === 'r') file.sync = failing(code);
    return file;
  };
}

describe('the stores that fail for tests', () => {
  test('withFaults fails the call that was named, once, and says which never came', async () => {
    const { store, assertAllFired } = withFaults(memoryStore(), [
      { on: 'put', nth: 2, error: new Error('second put') },
      { on: 'get', nth: 1, error: new Error('first get') },
    ]);
    await store.put('a', Buffer.from('x'));
    await expect(store.put('b', Buffer.from('x'))).rejects.toThrow('second put');
    await store.put('b', Buffer.from('x'));
    expect(assertAllFired).toThrow('get 1');
    await expect(store.get('a')).rejects.toThrow('first get');
    expect(assertAllFired).not.toThrow();
  });

  test('crashAfter lets nothing through once it has crashed', async () => {
    const inner = memoryStore();
    const store = crashAfter(inner, 1);
    await store.put('a', Buffer.from('x'));
    await expect(store.put('b', Buffer.from('x'))).rejects.toThrow(Crash);
    await expect(store.get('a')).rejects.toThrow(Crash);
    expect([...inner.objects.keys()]).toEqual(['a']);
    const landing = crashAfter(inner, 0, true);
    await expect(landing.put('c', Buffer.from('x'))).rejects.toThrow(Crash);
    expect([...inner.objects.keys()]).toEqual(['a', 'c']);
  });
});
