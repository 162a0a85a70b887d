import { printsBareValues } from '../../../shell/programs/postgres.ts';
import type { ShellCommand, ShellScript } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A program that reads what psql prints must not read its headings too. */
export const listsFromPsqlAreBare: Rule = {
  id: 'lists-from-psql-are-bare',
  level: 'error',
  title: 'What a script reads from psql is printed without headings',
  why: 'By default psql prints the name of the column, a ruler and the number of rows around the values. A loop over that takes each of these for a value: a check of every table then reports tables such as "tablename" and "(3" (PostgreSQL documentation of psql, --tuples-only).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: 'for t in $(psql -d shop -c "SELECT tablename FROM pg_tables"); do pg_dump -t "$t" shop > /dev/null; done' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: 'for t in $(psql -At -d shop -c "SELECT tablename FROM pg_tables"); do pg_dump -t "$t" shop > /dev/null; done' } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command, { script }) => {
      if (command.program !== 'psql' || printsBareValues(command) || printsOtherwise(command)) return [];
      const reader = readerOf(command, script);
      if (reader === undefined) return [];
      return [
        {
          message: `${reader} takes the heading, the ruler and the number of rows that psql prints for values`,
          hint: 'Call psql with -At (--no-align --tuples-only).',
        },
      ];
    }),
};

/** What COPY prints, and what other formats print, has no ruler and no number of rows. */
const printsOtherwise = ({ words, redirects }: ShellCommand): boolean =>
  words.some(({ value }) => /\bcopy\b|\\pset|^-l$|^--list$|^--version$/i.test(value)) ||
  words.some(({ value }, index) => words[index - 1]?.value === '-P' && /^(t|tuples_only|format)/.test(value)) ||
  redirects.some(
    ({ operator, target }) => operator.startsWith('>') && target !== undefined && !/^\d$/.test(target.value),
  );

/** Who reads the output as values; undefined when nobody does, or a person. */
function readerOf({ inside, keptIn, feeds }: ShellCommand, { commands }: ShellScript): string | undefined {
  if (feeds && READERS.has(feeds.program)) return feeds.program === 'read' ? 'the loop' : feeds.program;
  if (inside.at(-1) !== 'substitution' || feeds) return undefined;
  if (keptIn === undefined) return inside.at(-2) === 'loop' ? 'the loop' : undefined;
  const compared = commands.some(
    ({ program, words }) => /^(\[|test)$/.test(program) && words.some(({ variables }) => variables.includes(keptIn)),
  );
  return compared ? `the comparison with $${keptIn}` : undefined;
}

const READERS = new Set(['read', 'xargs', 'wc', 'mapfile', 'readarray']);
