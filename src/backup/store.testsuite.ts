import { describe, expect, test } from 'vitest';
import type { Store } from '../model/repository.ts';

/** What every store must keep. `make` gives a new, empty one for each test. */
export function storeContract(name: string, make: () => Promise<Store>): void {
  const bytes = (text: string): Buffer => Buffer.from(text);

  describe(`${name} as a store`, () => {
    test('gives back exactly what was put', async () => {
      const store = await make();
      const all = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
      await store.put('a/b/all.bin', all);
      await store.put('empty', new Uint8Array(0));
      expect(await store.get('a/b/all.bin')).toEqual(all);
      expect(await store.get('empty')).toEqual(Buffer.alloc(0));
    });

    test('does not share memory with its caller', async () => {
      const store = await make();
      const mine = bytes('before');
      await store.put('object', mine);
      mine.fill(0);
      (await store.get('object'))?.fill(0);
      expect(await store.get('object')).toEqual(bytes('before'));
    });

    test('has nothing under a name that was never put, nor under a folder', async () => {
      const store = await make();
      await store.put('folder/object', bytes('x'));
      expect(await store.get('nothing')).toBeUndefined();
      expect(await store.get('folder')).toBeUndefined();
      expect(await store.get('folder/object/below')).toBeUndefined();
    });

    test('does not overwrite unless told', async () => {
      const store = await make();
      await store.put('object', bytes('first'));
      await expect(store.put('object', bytes('second'))).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
      expect(await store.get('object')).toEqual(bytes('first'));
      await store.put('object', bytes('third'), { replace: true });
      await store.put('other', bytes('new'), { replace: true });
      expect(await store.get('object')).toEqual(bytes('third'));
      expect(await store.get('other')).toEqual(bytes('new'));
    });

    test('lets one of several writers of the same key win, whole', async () => {
      const store = await make();
      const writers = ['one', 'two', 'three', 'four'].map((text) => bytes(text.repeat(10_000)));
      const results = await Promise.allSettled(writers.map((text) => store.put('deep/in/object', text)));
      const winner = results.findIndex((result) => result.status === 'fulfilled');
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      expect(await store.get('deep/in/object')).toEqual(writers[winner]);
      expect(await store.list('')).toHaveLength(1);
    });

    test('lists what begins with a prefix, sorted, with sizes', async () => {
      const store = await make();
      for (const key of ['b/2', 'b/10', 'a/1', 'b/c/d', 'bc/1', 'b-1']) await store.put(key, bytes(key));
      const keys = async (prefix: string) => (await store.list(prefix)).map((object) => object.key);
      expect(await keys('')).toEqual(['a/1', 'b-1', 'b/10', 'b/2', 'b/c/d', 'bc/1']);
      expect(await keys('b')).toEqual(['b-1', 'b/10', 'b/2', 'b/c/d', 'bc/1']);
      expect(await keys('b/')).toEqual(['b/10', 'b/2', 'b/c/d']);
      expect(await keys('b/1')).toEqual(['b/10']);
      expect(await keys('b/c/')).toEqual(['b/c/d']);
      expect(await keys('nothing/here/')).toEqual([]);
      expect(await store.list('b/c')).toEqual([{ key: 'b/c/d', bytes: 5 }]);
    });

    test('lists nothing when it is empty', async () => {
      expect(await (await make()).list('')).toEqual([]);
    });

    test('removes, and removing what is not there is no error', async () => {
      const store = await make();
      await store.put('a/object', bytes('x'));
      await store.remove('a/object');
      await store.remove('a/object');
      await store.remove('never/was');
      expect(await store.get('a/object')).toBeUndefined();
      expect(await store.list('')).toEqual([]);
      await store.put('a/object', bytes('again'));
      expect(await store.get('a/object')).toEqual(bytes('again'));
    });

    test.each(['', '/etc/passwd', '../up', 'a/../b', 'a//b', 'a/', '.hidden', 'a/.tmp/b', 'a\\b', 'a\0b', 'a b'])(
      'refuses the key %j',
      async (key) => {
        const store = await make();
        await expect(store.put(key, bytes('x'))).rejects.toThrow(RangeError);
        await expect(store.get(key)).rejects.toThrow(RangeError);
        await expect(store.remove(key)).rejects.toThrow(RangeError);
        expect(await store.list('')).toEqual([]);
      },
    );
  });
}
