import { scriptOfPsql, stopsAtErrors } from '../../../shell/programs/postgres.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A restore that failed in the middle must not look like one that worked. */
export const sqlStopsAtTheFirstError: Rule = {
  id: 'sql-stops-at-the-first-error',
  level: 'warning',
  title: 'A script that psql runs stops at its first error',
  why: 'Without ON_ERROR_STOP psql goes on after an error in a file or a pipe, and its exit status is 0 in the end, whatever failed: a half-loaded dump and a failed check both look like success (PostgreSQL documentation of psql, exit status).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: load, uses: shell.run, with: { command: psql -d shop -f dump.sql } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: load, uses: shell.run, with: { command: psql -v ON_ERROR_STOP=1 -d shop -f dump.sql } }
      - { id: look, uses: shell.run, with: { command: 'psql -d shop -c "SELECT count(*) FROM orders"' } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      if (!runsScript(command) || stopsAtErrors(command)) return [];
      return [
        {
          message: 'psql goes on after an error here and ends with status 0: what failed looks like success',
          hint: 'Add -v ON_ERROR_STOP=1; for a dump also --single-transaction.',
        },
      ];
    }),
};

/** With `-c` and no file, psql reads no script: what comes through the pipe is data for `\copy … FROM STDIN`. */
const runsScript = (command: ShellCommand): boolean =>
  scriptOfPsql(command) !== undefined &&
  (command.words.some(({ value }) => /^(-f|--file(=.*)?)$/.test(value)) ||
    !command.words.some(({ value }) => /^(-[A-Za-z]*c|--command(=[\s\S]*)?|-l|--list|--version)$/.test(value)));
