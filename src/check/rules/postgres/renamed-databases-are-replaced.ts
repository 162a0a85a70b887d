import { postgresConnection } from '../../../shell/programs/postgres.ts';
import { hasWords, type SqlStatement } from '../../../shell/sql-statements.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type Happening, whereIs } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** An application that looks for a database by its name must find one. */
export const renamedDatabasesAreReplaced: Rule = {
  id: 'renamed-databases-are-replaced',
  level: 'error',
  title: 'A database that is renamed leaves another one under its name',
  why: 'ALTER DATABASE … RENAME changes a name on one server. Databases on two servers cannot be exchanged by it: when the old one is renamed and nothing takes its name on the same server, every application that uses it is turned away from that moment (PostgreSQL documentation of ALTER DATABASE).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: swap, uses: shell.run, with: { command: "psql -h old -c 'ALTER DATABASE shop RENAME TO shop_old'\\npsql -h new -c 'ALTER DATABASE shop RENAME TO shop_new'" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: swap, uses: shell.run, with: { command: "psql -h old -c 'ALTER DATABASE shop RENAME TO shop_old'\\npsql -h old -c 'ALTER DATABASE shop_new RENAME TO shop'" } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

interface Naming extends Happening {
  readonly server: string | undefined;
  readonly from: string | undefined;
  readonly to: string;
}

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  const namings = [...renames(sequence), ...creations(sequence)];
  const vacated = new Set([...namings.map(({ from }) => from), ...droppedIn(sequence)]);
  const made = new Set(namings.filter(({ from }) => from === undefined).map(({ to }) => to));
  const gone = namings.filter(
    ({ from, to, server, ...left }) =>
      from !== undefined &&
      // It takes a place that was made free, or it was made for that.
      !vacated.has(to) &&
      !made.has(from) &&
      !STANDS_BY.test(from) &&
      !namings.some((other) => other.to === from && other.server === server && sequence.happensAfter(other, left)),
  );
  const [first] = gone;
  if (!first) return [];
  const names = [...new Set(gone.map(({ from }) => from))];
  const many = names.length > 1;
  return [
    {
      ...whereIs(first),
      message: `after this no server has ${many ? 'databases' : 'a database'} called ${names.join(', ')} in the place of ${many ? 'these' : 'this one'}: who uses ${many ? 'them' : 'it'} is turned away`,
      hint: 'Load the restored data beside it on the same server, and exchange the two names there.',
    },
  ];
}

/** A database that waits to take the place of another one, by its name. */
const STANDS_BY = /(^|_)(new|restored?|tmp|temp|side|copy|recovered|staging)(_|\d|$)/i;

const droppedIn = ({ sql, commands }: Sequence): readonly (string | undefined)[] => [
  ...sql.filter((one) => hasWords(one.sql, 'drop', 'database')).map((one) => one.sql.tokens.at(-1)?.value),
  ...commands.flatMap(({ command }) => (command.program === 'dropdb' ? [postgresConnection(command)?.database] : [])),
];

const renames = ({ sql }: Sequence): readonly Naming[] =>
  sql.flatMap((one) => {
    if (!hasWords(one.sql, 'alter', 'database') || !hasWords(one.sql, 'rename', 'to')) return [];
    const { tokens } = one.sql;
    const [from, to] = [tokens[2]?.value, tokens[tokens.findIndex(({ value }) => value === 'rename') + 2]?.value];
    const server = one.command && postgresConnection(one.command)?.host;
    return from === undefined || to === undefined ? [] : [{ ...one, server, from, to }];
  });

/** What makes a database, on whichever server that is. */
const creations = ({ sql, commands }: Sequence): readonly Naming[] => [
  ...sql.flatMap((one) =>
    isCreation(one.sql)
      ? [
          {
            ...one,
            server: one.command && postgresConnection(one.command)?.host,
            from: undefined,
            to: String(one.sql.tokens[2]?.value),
          },
        ]
      : [],
  ),
  ...commands.flatMap((one) => {
    const connection = one.command.program === 'createdb' ? postgresConnection(one.command) : undefined;
    return connection?.database === undefined
      ? []
      : [{ ...one, server: connection.host, from: undefined, to: connection.database }];
  }),
];

const isCreation = (sql: SqlStatement): boolean => hasWords(sql, 'create', 'database');
