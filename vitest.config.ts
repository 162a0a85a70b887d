import { defineConfig } from 'vitest/config';

const slow = { pool: 'forks' as const, testTimeout: 120_000, hookTimeout: 120_000 };

/** Chaos that starts no process: it uses the whole machine, as unit tests do. */
const IN_ONE_PROCESS = [
  'tests/chaos/example-scenarios.test.ts',
  'tests/chaos/bad-moments.test.ts',
  'tests/chaos/repository-fuzz.test.ts',
];

/** Unit tests use the whole machine; those that start servers come after them, few at a time. */
export default defineConfig({
  test: {
    projects: [
      project('unit', ['src/**/*.test.ts', 'lab/**/*.test.ts', ...IN_ONE_PROCESS], { order: 0, testTimeout: 30_000 }),
      project('house', ['tests/house/**/*.test.ts'], { order: 1, ...slow, maxWorkers: 1 }),
      project('integration', ['tests/integration/**/*.test.ts'], { order: 2, ...slow, maxWorkers: 2 }),
      project('e2e', ['tests/e2e/**/*.test.ts'], { order: 3, ...slow, maxWorkers: 2 }),
      project('scenarios', ['tests/scenarios/**/*.test.ts'], { order: 4, ...slow, maxWorkers: 1 }),
      project('chaos', ['tests/chaos/**/*.test.ts'], {
        order: 5,
        ...slow,
        maxWorkers: 1,
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
