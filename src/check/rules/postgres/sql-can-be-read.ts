import type { SqlStatement } from '../../../shell/sql-statements.ts';
import type { Rule } from '../../rule.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** SQL with a gap in it is found out at three in the morning. */
export const sqlCanBeRead: Rule = {
  id: 'sql-can-be-read',
  level: 'error',
  title: 'SQL is complete, and commands of psql stand on one line',
  why: 'A command of psql such as \\copy ends with its line, whatever parentheses are open: the rest is taken for something else, and the command fails with "parse error at end of line". Three dots in a query are a gap that the server reports as a syntax error (PostgreSQL documentation of psql, \\copy).',
  bad: `
scenarios:
  loss:
    steps:
      - id: take
        uses: shell.run
        with: { command: "psql -d shop -c \\"\\\\copy (SELECT * FROM orders\\nWHERE id IN (...)) TO 'orders.csv'\\"" }
`,
  good: `
scenarios:
  loss:
    steps:
      - id: take
        uses: shell.run
        with: { command: "psql -d shop -c \\"\\\\copy (SELECT * FROM orders WHERE id IN (7, 8)) TO 'orders.csv'\\"" }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap(({ sql }) =>
      sql.flatMap(({ sql: statement, path, within }) =>
        problems(statement).map(({ at, ...one }) => ({ path, within: within + at - statement.at, ...one })),
      ),
    ),
};

interface Problem {
  readonly at: number;
  readonly message: string;
  readonly hint: string;
}

function problems({ tokens, meta, at }: SqlStatement): readonly Problem[] {
  const count = (symbol: string): number => tokens.filter(({ value }) => value === symbol).length;
  const found: Problem[] = [];
  if (meta === 'copy' && count('(') > count(')'))
    found.push({
      at,
      message: '\\copy ends with its line, with a parenthesis open: psql refuses it, and nothing is copied',
      hint: 'Write the whole \\copy on one line, or use COPY (…) TO STDOUT and redirect the output.',
    });
  const gap = tokens.find(({ value, kind }) => kind === 'symbol' && value === '...');
  if (gap)
    found.push({
      at: gap.at,
      message: 'the query has a gap (...) in it, which the server reports as a syntax error',
      hint: 'Make it complete: take what stands there from an input or from an earlier step.',
    });
  return found;
}
