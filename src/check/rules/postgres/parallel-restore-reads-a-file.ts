import { option } from '../../../shell/options.ts';
import { loadedBy } from '../../../shell/programs/postgres.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** Several workers must each be able to look into the archive. */
export const parallelRestoreReadsAFile: Rule = {
  id: 'parallel-restore-reads-a-file',
  level: 'error',
  title: 'A parallel restore reads its archive from a file',
  why: 'With --jobs every worker opens the archive itself and jumps about in it. From a pipe that cannot be done: pg_restore ends with "parallel restore from standard input is not supported" (PostgreSQL documentation of pg_restore, --jobs).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: load, uses: shell.run, with: { command: 'zstdcat shop.dump.zst | pg_restore -d shop --jobs=4' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: load, uses: shell.run, with: { command: 'pg_restore -d shop --jobs=4 shop.dump' } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command, { script }) => {
      const jobs = command.program === 'pg_restore' ? option(command, '-j', '--jobs') : undefined;
      if (!(Number(jobs) > 1) || !loadedBy(command, script)?.isPiped) return [];
      return [
        {
          message: `pg_restore is to use ${jobs} workers and reads from a pipe, which it refuses: nothing is restored`,
          hint: 'Write the archive to a file first and name that file, or leave --jobs out.',
        },
      ];
    }),
};
