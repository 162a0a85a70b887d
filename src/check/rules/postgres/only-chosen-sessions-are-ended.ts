import { calls, hasWords, type SqlStatement } from '../../../shell/sql-statements.ts';
import type { Rule } from '../../rule.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** Long is not the same as stuck. */
export const onlyChosenSessionsAreEnded: Rule = {
  id: 'only-chosen-sessions-are-ended',
  level: 'warning',
  title: 'Sessions are ended by whose they are, not only by how long they run',
  why: 'pg_stat_activity lists every backend of the server: also the running pg_dump, the migration, and what sends the log to a standby. What has been active for minutes is most likely one of these, and ending them breaks the backup or the replication (PostgreSQL documentation of pg_stat_activity, backend_type).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: kill, uses: shell.run, with: { command: "psql -c \\"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active'\\"" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: kill, uses: shell.run, with: { command: "psql -c \\"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reports' AND state = 'active'\\"" } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap(({ sql }) =>
      sql.flatMap(({ sql: statement, path, within }) => {
        if (!endsAnybody(statement)) return [];
        const message =
          'this ends every session of the server that fits, also dumps, migrations and what sends the log to a standby';
        const hint =
          "Say whose: AND backend_type = 'client backend' AND usename = … AND pid <> pg_backend_pid(); look at the list before ending it.";
        return [{ path, within, message, hint }];
      }),
    ),
};

const endsAnybody = (statement: SqlStatement): boolean =>
  (calls(statement, 'pg_terminate_backend') || calls(statement, 'pg_cancel_backend')) &&
  hasWords(statement, 'from', 'pg_stat_activity') &&
  !statement.tokens.some(({ value, kind }) => CHOOSES.has(value) || (kind === 'text' && /^idle\b/.test(value))) &&
  !statement.tokens.some(
    ({ value }, index) => value === 'pid' && /^(=|in)$/.test(statement.tokens[index + 1]?.value ?? ''),
  );

const CHOOSES = new Set(['backend_type', 'usename', 'usesysid', 'application_name', 'client_addr', 'datname', 'datid', 'pg_blocking_pids']); // biome-ignore format: one list
