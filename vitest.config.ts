import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { TESTS_ALONE } from './tools/tests-alone.ts';

/*
 * Everything below this process, down to the last `lifeboat` that a test starts, finds its modules compiled: that is half of what a
 * start takes. Not in a shared folder such as /tmp: what is cached there is run, and it must be nobody else's.
 */
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/lifeboat-tests', import.meta.url));

/** Wherever a test waits for a process, another one can work: two at a time, however many processors there are. */
const maxWorkers = 2;
const slow = { pool: 'forks' as const, testTimeout: 120_000, hookTimeout: 120_000, maxWorkers };

/** Chaos that starts no process. It makes errors without stacks, so it shares nothing with others. */
const IN_ONE_PROCESS = [
  'tests/chaos/example-scenarios.test.ts',
  'tests/chaos/bad-moments.test.ts',
  'tests/chaos/looks.test.ts',
  'tests/chaos/repository-fuzz.test.ts',
];

const ALONE = [...TESTS_ALONE, ...IN_ONE_PROCESS];

/** Unit tests share processes and the modules in them; those that start servers come after them. */
export default defineConfig({
  test: {
    projects: [
      project('unit', ['src/**/*.test.ts', 'lab/**/*.test.ts'], {
        order: 0,
        testTimeout: 30_000,
        maxWorkers,
        isolate: false,
        setupFiles: ['tools/after-each-file.ts'],
        exclude: ALONE,
      }),
      project('alone', ALONE, { order: 0, testTimeout: 120_000, maxWorkers }),
      project('house', ['tests/house/**/*.test.ts'], { order: 0, ...slow }),
      project('integration', ['tests/integration/**/*.test.ts'], { order: 1, ...slow }),
      project('e2e', ['tests/e2e/**/*.test.ts'], { order: 1, ...slow }),
      project('scenarios', ['tests/scenarios/**/*.test.ts'], { order: 2, ...slow }),
      project('chaos', ['tests/chaos/**/*.test.ts'], {
        order: 2,
        ...slow,
        testTimeout: 600_000,
        exclude: IN_ONE_PROCESS,
      }),
    ],
  },
});

function project(
  name: string,
  include: readonly string[],
  { order, ...options }: { order: number; [key: string]: unknown },
) {
  return { test: { name, include: [...include], sequence: { groupOrder: order }, ...options } };
}
