import type { Store } from '../model/repository.ts';

/** One scripted failure: the `nth` call (from 1) of an operation fails with `error`. */
export interface StoreFault {
  readonly on: 'put' | 'get' | 'list' | 'remove' | 'storedAt';
  readonly nth: number;
  readonly error: unknown;
}

/** A store that fails as scripted; `assertAllFired` shows that the test met every failure it meant to meet. */
export function withFaults(
  store: Store,
  script: readonly StoreFault[],
): { readonly store: Store; assertAllFired(): void } {
  const calls = { put: 0, get: 0, list: 0, remove: 0, storedAt: 0 };
  const waiting = new Set(script);
  const meet = (on: StoreFault['on']): void => {
    calls[on] += 1;
    const fault = [...waiting].find((candidate) => candidate.on === on && candidate.nth === calls[on]);
    if (!fault) return;
    waiting.delete(fault);
    throw fault.error;
  };
  return {
    store: before(store, async (operation) => meet(operation)),
    assertAllFired() {
      const left = [...waiting].map((fault) => `${fault.on} ${fault.nth}`);
      if (left.length > 0) throw new Error(`these faults never came: ${left.join(', ')}`);
    },
  };
}

/** What a killed process looks like to the code that ran in it: no call ever succeeds again. */
export class Crash extends Error {}

/**
 * The process dies at the write (put or remove) after the first `writes`; from then on nothing gets through.
 * With `lands`, that last write still reaches the disk, and only its answer is lost.
 */
export function crashAfter(store: Store, writes: number, lands = false): Store {
  let left = writes;
  let dead = false;
  return before(store, async (operation, go) => {
    if (dead) throw new Crash('the process is dead');
    if (READS.has(operation) || left-- > 0) return;
    dead = true;
    if (lands) await go();
    throw new Crash('the process died here');
  });
}

const READS: ReadonlySet<StoreFault['on']> = new Set(['get', 'list', 'storedAt']);

type Hook = (operation: StoreFault['on'], go: () => Promise<unknown>) => Promise<void>;

function before(store: Store, hook: Hook): Store {
  return {
    place: store.place,
    async put(key, bytes, options) {
      await hook('put', () => store.put(key, bytes, options));
      return store.put(key, bytes, options);
    },
    async get(key) {
      await hook('get', () => store.get(key));
      return store.get(key);
    },
    async list(prefix) {
      await hook('list', () => store.list(prefix));
      return store.list(prefix);
    },
    async remove(key) {
      await hook('remove', () => store.remove(key));
      return store.remove(key);
    },
    async storedAt(key) {
      await hook('storedAt', () => store.storedAt(key));
      return store.storedAt(key);
    },
  };
}
