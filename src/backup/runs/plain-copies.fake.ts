import type { Store } from '../../model/repository.ts';
import type { RunCopies } from '../../model/run-copy.ts';
import { memoryStore } from '../memory-store.fake.ts';
import { runCopies } from './run-copies.ts';

/** Copies that are not sealed, so that a clock of tests is not left waiting for the machine. */
export const plainCopies = (store: Store = memoryStore()): RunCopies =>
  runCopies(store, { seal: async (plain) => plain, open: async (sealed) => sealed });
