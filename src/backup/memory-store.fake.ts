import type { Store } from '../model/repository.ts';
import { objectExists } from './errors.ts';
import { assertKey } from './keys.ts';

/** A store in memory that keeps the contract of `store.testsuite.ts`. `objects` lets a test look at, and spoil, what is stored. */
export interface MemoryStore extends Store {
  readonly objects: Map<string, Buffer>;
  /** When objects were stored; without a clock nobody knows, unless a test says it here. */
  readonly times: Map<string, Date>;
}

export function memoryStore(objects: Map<string, Buffer> = new Map(), now?: () => Date): MemoryStore {
  const place = 'memory';
  const times = new Map<string, Date>();
  return {
    place,
    objects,
    times,
    async put(key, bytes, options = {}) {
      assertKey(key);
      if (objects.has(key) && !options.replace) throw objectExists(key, place);
      objects.set(key, Buffer.from(bytes));
      if (now) times.set(key, now());
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
      times.delete(key);
    },
    async storedAt(key) {
      assertKey(key);
      return times.get(key);
    },
  };
}
