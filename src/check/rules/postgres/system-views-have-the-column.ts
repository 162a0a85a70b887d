import type { SqlStatement, SqlToken } from '../../../shell/sql-statements.ts';
import type { Rule } from '../../rule.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** The views of the system name the same thing differently. */
export const systemViewsHaveTheColumn: Rule = {
  id: 'system-views-have-the-column',
  level: 'error',
  title: 'A query of a system view asks for columns that it has',
  why: 'A table is called tablename in pg_tables and relname in pg_stat_user_tables. A query with the wrong one ends with "column does not exist", and what it was to show is not shown (PostgreSQL documentation, the statistics views and system views).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: 'psql -c "SELECT schemaname, tablename FROM pg_stat_user_tables"' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: 'psql -c "SELECT schemaname, relname AS tablename FROM pg_stat_user_tables"' } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap(({ sql }) =>
      sql.flatMap(({ sql: statement, path, within }) => {
        const view = onlyView(statement);
        const columns = view === undefined ? undefined : COLUMNS[view];
        if (!columns) return [];
        return plainColumns(statement)
          .filter(({ value }) => !columns.includes(value))
          .map(({ value, at }) => ({
            path,
            within: within + at - (statement.tokens[0]?.at ?? 0),
            message: `${view} has no column ${value}: the query fails, and shows nothing`,
            hint:
              SAME[value] !== undefined && columns.includes(SAME[value])
                ? `It is called ${SAME[value]} there.`
                : `It has: ${columns.slice(0, 8).join(', ')}.`,
          }));
      }),
    ),
};

/** The view, when it is the only thing that is read. */
function onlyView({ tokens }: SqlStatement): string | undefined {
  if (tokens[0]?.value !== 'select' || tokens.filter(({ value }) => value === 'from').length !== 1) return undefined;
  if (tokens.some(({ value }) => value === 'join' || value === 'union')) return undefined;
  const from = tokens.findIndex(({ value }) => value === 'from');
  const [first, dot, second, next] = tokens.slice(from + 1, from + 5);
  const named = first?.value === 'pg_catalog' && dot?.value === '.' ? [second, next] : [first, dot];
  return named[1]?.value === ',' ? undefined : named[0]?.value;
}

/** What is selected as it stands: a name alone, or behind the name of the view. Anything that is worked out is passed over. */
function plainColumns({ tokens }: SqlStatement): readonly SqlToken[] {
  const from = tokens.findIndex(({ value }) => value === 'from');
  const items: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens.slice(1, from)) {
    if (token.value === '(') depth += 1;
    if (token.value === ')') depth -= 1;
    if (token.value === ',' && depth === 0) items.push([]);
    else items.at(-1)?.push(token);
  }
  return items.flatMap((item) => {
    const [first, dot, second] = item;
    if (item.length === 1 && first?.kind === 'word') return [first];
    return item.length === 3 && dot?.value === '.' && second?.kind === 'word' ? [second] : [];
  });
}

const TABLES = [
  'schemaname', 'relname', 'relid', 'seq_scan', 'last_seq_scan', 'seq_tup_read', 'idx_scan', 'last_idx_scan', 'idx_tup_fetch', 'n_tup_ins',
  'n_tup_upd', 'n_tup_del', 'n_tup_hot_upd', 'n_tup_newpage_upd', 'n_live_tup', 'n_dead_tup', 'n_mod_since_analyze', 'n_ins_since_vacuum',
  'last_vacuum', 'last_autovacuum', 'last_analyze', 'last_autoanalyze', 'vacuum_count', 'autovacuum_count', 'analyze_count',
  'autoanalyze_count', 'total_vacuum_time', 'total_autovacuum_time', 'total_analyze_time', 'total_autoanalyze_time',
]; // biome-ignore format: one list
const INDEXES = ['schemaname', 'relname', 'indexrelname', 'relid', 'indexrelid', 'idx_scan', 'last_idx_scan', 'idx_tup_read', 'idx_tup_fetch']; // biome-ignore format: one list

/** By view: the columns of all versions from 9.6 on. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  pg_stat_user_tables: TABLES,
  pg_stat_all_tables: TABLES,
  pg_stat_sys_tables: TABLES,
  pg_stat_user_indexes: INDEXES,
  pg_stat_all_indexes: INDEXES,
  pg_tables: [
    'schemaname',
    'tablename',
    'tableowner',
    'tablespace',
    'hasindexes',
    'hasrules',
    'hastriggers',
    'rowsecurity',
  ],
  pg_indexes: ['schemaname', 'tablename', 'indexname', 'tablespace', 'indexdef'],
  pg_stat_activity: [
    'pid', 'datname', 'usename', 'state', 'query', 'query_start', 'wait_event', 'wait_event_type', 'datid', 'usesysid', 'application_name', 'client_addr',
    'client_hostname', 'client_port', 'backend_start', 'xact_start', 'state_change', 'backend_xid', 'backend_xmin', 'backend_type', 'leader_pid', 'query_id',
  ], // biome-ignore format: one list
  pg_stat_replication: [
    'pid', 'application_name', 'client_addr', 'state', 'sent_lsn', 'write_lsn', 'flush_lsn', 'replay_lsn', 'usesysid', 'usename', 'client_hostname', 'client_port',
    'backend_start', 'backend_xmin', 'write_lag', 'flush_lag', 'replay_lag', 'sync_priority', 'sync_state', 'reply_time', 'sent_location', 'write_location',
    'flush_location', 'replay_location',
  ], // biome-ignore format: one list
};

/** What one view calls so is called otherwise in another. */
const SAME: Readonly<Record<string, string>> = {
  tablename: 'relname',
  table_name: 'relname',
  relname: 'tablename',
  indexname: 'indexrelname',
  username: 'usename',
  database: 'datname',
};
