import type { SqlStatement } from '../../../shell/sql-statements.ts';
import type { Rule } from '../../rule.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** Who takes back a migration lets its tool write that down. */
export const migrationHistoryIsLeftToItsTool: Rule = {
  id: 'migration-history-is-left-to-its-tool',
  level: 'error',
  title: 'Nobody writes into the history of migrations by hand',
  why: 'The table in which a tool notes what it has applied must agree with the schema. When a row is deleted by hand, and what it stood for is then undone only in part, the next migration fails because a table exists, or is left out although it is needed. The tools can go back themselves, in a transaction (Django documentation of migrate, reversing migrations).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: undo, uses: shell.run, with: { command: "psql -c \\"DELETE FROM django_migrations WHERE name = '0006_x'\\"" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: 'psql -c "SELECT * FROM django_migrations ORDER BY applied DESC"' } }
      - { id: undo, uses: shell.run, with: { command: python manage.py migrate orders 0005 } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap(({ sql }) =>
      sql.flatMap(({ sql: statement, path, within }) => {
        const table = changedHistory(statement);
        if (table === undefined) return [];
        const message = `${table} is changed by hand: when the schema does not agree with it, the next migration fails or is left out`;
        const hint = `Go back with the tool, and with the code that knows the way: ${HISTORIES[table]}.`;
        return [{ path, within, message, hint }];
      }),
    ),
};

function changedHistory({ tokens }: SqlStatement): string | undefined {
  if (!/^(delete|update|truncate|drop)$/.test(tokens[0]?.value ?? '')) return undefined;
  return tokens.slice(1, 6).find(({ value }) => Object.hasOwn(HISTORIES, value))?.value;
}

/** By table: how its tool goes back. */
const HISTORIES: Readonly<Record<string, string>> = {
  django_migrations: 'manage.py migrate <app> <migration before>',
  alembic_version: 'alembic downgrade <revision>',
  schema_migrations: 'the rollback of the migration tool to a named version',
  flyway_schema_history: 'flyway undo -target=<version>',
  databasechangelog: 'liquibase rollback --tag=<tag>',
  knex_migrations: 'knex migrate:down <migration>',
  sequelizemeta: 'sequelize db:migrate:undo --name <migration>',
  _prisma_migrations: 'prisma migrate resolve --rolled-back <migration>',
  __efmigrationshistory: 'dotnet ef database update <migration before>',
};
