/** Unit tests that change the process they run in, or start others: each file has a process of its own, all others share theirs. */
export const TESTS_ALONE: readonly string[] = [
  'src/lib/clock.test.ts',
  'src/main/send-spans.test.ts',
  'src/backup/unseal-pool.test.ts',
  'src/journal/processes.test.ts',
  'src/providers/shell/client.test.ts',
];
