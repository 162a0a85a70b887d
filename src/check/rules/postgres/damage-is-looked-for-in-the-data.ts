import { hasOption, option } from '../../../shell/options.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** Who looks for damaged pages must read the pages. */
export const damageIsLookedForInTheData: Rule = {
  id: 'damage-is-looked-for-in-the-data',
  level: 'warning',
  title: 'Damage is looked for where the data is',
  why: 'pg_dump --schema-only reads the system catalogs and not one row of a table. Over a table whose pages are destroyed it still ends with status 0. Only a full read, pg_amcheck, or pg_checksums on a stopped server sees such damage (PostgreSQL documentation of pg_dump and pg_amcheck).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: pg_dump --schema-only shop > /dev/null } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: keep, uses: shell.run, with: { command: pg_dump --schema-only shop > schema.sql } }
      - { id: look, uses: shell.run, with: { command: 'pg_dump shop > /dev/null && pg_amcheck --heapallindexed shop' } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      if (!/^pg_dump(all)?$/.test(command.program) || !hasOption(command, '-s', '--schema-only')) return [];
      const thrownAway =
        option(command, '-f', '--file') === '/dev/null' ||
        command.redirects.some(
          ({ operator, target, stream = 1 }) =>
            stream === 1 && /^(>|&>)/.test(operator) && target?.value === '/dev/null',
        );
      if (!thrownAway) return [];
      return [
        {
          message: 'this reads the definitions and no row of any table: damaged data passes it with status 0',
          hint: 'Read everything: pg_dump without --schema-only to /dev/null, and pg_amcheck.',
        },
      ];
    }),
};
