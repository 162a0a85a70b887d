import type { Store } from '../model/repository.ts';
import { objectExists } from './errors.ts';
import { assertKey } from './keys.ts';

/** A store in memory that keeps the contract of `store.testsuite.ts`. `objects` lets a test look at, and spoil, what is stored. */
export interface MemoryStore extends Store {
  readonly objects: Map<string, Buffer>;
}

export function memoryStore(objects: Map<string, Buffer> = new Map()): MemoryStore {
  const place = 'memory';
  return {
    place,
    objects,
    async put(key, bytes, options = {}) {
      assertKey(key);
      if (objects.has(key) && !options.replace) throw objectExists(key, place);
      objects.set(key, Buffer.from(bytes));
    },
    async get(key) {
      assertKey(key);
      const bytes = objects.get(key);
      return bytes && Buffer.from(bytes);
    },
    async list(prefix) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
      return keys.map((key) => ({ key, bytes: objects.get(key)?.length ?? 0 }));
    },
    async remove(key) {
      assertKey(key);
      objects.delete(key);
    },
  };
}
