import { dumpsPlainText, isPlainDump, loadedBy } from '../../../shell/programs/postgres.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A dump is loaded by the program that can read it. */
export const plainDumpsGoToPsql: Rule = {
  id: 'plain-dumps-go-to-psql',
  level: 'error',
  title: 'A dump of SQL text is loaded by psql, an archive by pg_restore',
  why: 'pg_dump writes SQL text unless it is told another format, and pg_restore reads only the other formats: given text it ends with "input file appears to be a text format dump" and has restored nothing (PostgreSQL documentation of pg_restore).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: load, uses: shell.run, with: { command: 'gunzip -c shop.sql.gz | pg_restore -d shop' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: load, uses: shell.run, with: { command: 'gunzip -c shop.sql.gz | psql -v ON_ERROR_STOP=1 -d shop' } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command, { script }) => {
      if (command.program !== 'pg_restore') return [];
      const loaded = loadedBy(command, script);
      const isText = loaded?.from && dumpsPlainText(loaded.from);
      if (!isText && !(loaded?.name !== undefined && isPlainDump(loaded.name))) return [];
      const what = isText ? 'pg_dump writes SQL text here' : `${loaded?.name} is SQL text by its name`;
      return [
        {
          message: `${what}, and pg_restore refuses it: nothing is restored`,
          hint: 'Load it with psql -v ON_ERROR_STOP=1, or dump with pg_dump --format=custom.',
        },
      ];
    }),
};
