import { describe, expect, test } from 'vitest';
import { saidBy } from '../../checked-plan.fake.ts';
import { byHand, type FakeStep, saidOfSteps, shellPlan } from '../../shell-steps.fake.ts';

type Row = readonly [string, ...FakeStep[]];

const deletion = { title: 'Somebody deleted orders', loses: ['database'] };
const said = (rule: string, steps: readonly FakeStep[], scenario = {}): string[] =>
  saidOfSteps(rule, steps, { healthy: 's1', ...scenario });
const speaks = (rule: string, rows: readonly Row[], scenario = {}) =>
  test.each(rows.map(([name, ...steps]) => [name, steps] as const))('speaks: %s', (_, steps) =>
    expect(said(rule, steps, scenario)).toHaveLength(1),
  );
const isSilent = (rule: string, rows: readonly Row[], scenario = {}) =>
  test.each(rows.map(([name, ...steps]) => [name, steps] as const))('is silent: %s', (_, steps) =>
    expect(said(rule, steps, scenario)).toEqual([]),
  );
const sql = (text: string, options = ''): string => `psql -v ON_ERROR_STOP=1 ${options} <<'SQL'\n${text}\nSQL`;

describe('only-chosen-sessions-are-ended', () => {
  const rule = 'only-chosen-sessions-are-ended';
  speaks(rule, [
    ['by state', sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active';")],
    [
      'by time, in another way',
      `psql -c "select pg_cancel_backend(pid)\nfrom pg_stat_activity where now() - query_start > interval '5 minutes'"`,
    ],
    ['all but itself', sql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid();')],
    ['pasted', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity\nWHERE state = 'active';"],
  ]);
  isSilent(rule, [
    ['one session', sql('SELECT pg_terminate_backend(4711);')],
    ['one session, looked up', sql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = 4711;')],
    ['of one role', sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reports';")],
    [
      'of one database, to rename it',
      sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop';"),
    ],
    [
      'clients only',
      sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend';"),
    ],
    [
      'what holds locks and does nothing',
      sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction';"),
    ],
    ['only looked at', sql("SELECT pid, query FROM pg_stat_activity WHERE state = 'active';")],
    ['in a comment', sql('-- SELECT pg_terminate_backend(pid) FROM pg_stat_activity\nSELECT 1;')],
  ]);
});

describe('sql-can-be-read', () => {
  const rule = 'sql-can-be-read';
  speaks(rule, [
    ['\\copy over two lines', `psql -c "\\copy (SELECT *\nFROM orders) TO 'o.csv'"`],
    ['\\copy over two lines, in a document', sql("\\copy (SELECT *\nFROM orders) TO 'o.csv'")],
    ['a gap', `psql -c "SELECT * FROM orders WHERE id IN (...)"`],
  ]);
  isSilent(rule, [
    ['on one line', `psql -c "\\copy (SELECT * FROM orders) TO 'o.csv'"`],
    ['SQL over many lines', sql('COPY (SELECT *\nFROM orders)\nTO STDOUT;')],
    ['three dots in a text', sql("SELECT 'and so on ...';")],
    ['three dots in a comment', sql('SELECT 1; -- ...')],
    ['no SQL', 'echo "(...)"'],
  ]);

  test('each gap is pointed at where it stands', () => {
    const found = saidBy(rule, shellPlan([sql('SELECT 1;\nSELECT f(...);\n\nSELECT 1, g(...);')], { healthy: 's1' }));
    const [first, second] = found.map(({ at }) => at);
    expect([(second?.line ?? 0) - (first?.line ?? 0), (second?.column ?? 0) - (first?.column ?? 0)]).toEqual([2, 3]);
  });
});

describe('statistics-are-no-row-counts', () => {
  const rule = 'statistics-are-no-row-counts';
  const restore =
    'aws rds restore-db-instance-from-db-snapshot --db-instance-identifier b --db-snapshot-identifier $ID';
  speaks(rule, [
    ['live rows', restore, sql('SELECT relname, n_live_tup FROM pg_stat_user_tables;')],
    ['inserted minus deleted', restore, sql('SELECT relname, n_tup_ins - n_tup_del FROM pg_stat_user_tables;')],
    ['after a dump', 'pg_restore -d shop a.dump', sql('SELECT relname, reltuples FROM pg_class;')],
  ]);
  isSilent(rule, [
    ['counted', restore, sql('SELECT count(*) FROM orders;')],
    ['analyzed before', restore, sql('ANALYZE;\nSELECT relname, n_live_tup FROM pg_stat_user_tables;')],
    [
      'analyzed by a program',
      restore,
      'vacuumdb --all --analyze-only',
      sql('SELECT n_live_tup FROM pg_stat_user_tables;'),
    ],
    ['nothing was restored', sql('SELECT relname, n_live_tup FROM pg_stat_user_tables;')],
    ['before it is restored', sql('SELECT relname, n_live_tup FROM pg_stat_user_tables;'), restore],
  ]);
});

describe('system-views-have-the-column', () => {
  const rule = 'system-views-have-the-column';
  speaks(rule, [
    ['the name of a table', sql('SELECT schemaname, tablename FROM pg_stat_user_tables;')],
    ['with an alias', sql('SELECT s.tablename, s.n_live_tup FROM pg_catalog.pg_stat_user_tables s;')],
    ['the other way round', sql('SELECT relname FROM pg_tables;')],
    ['the name of a user', sql('SELECT pid, username FROM pg_stat_activity;')],
  ]);
  isSilent(rule, [
    ['as it is called', sql('SELECT schemaname, relname FROM pg_stat_user_tables ORDER BY n_live_tup DESC;')],
    ['under another name', sql('SELECT relname AS tablename, n_live_tup rows FROM pg_stat_user_tables;')],
    ['worked out', sql('SELECT count(*), pg_size_pretty(pg_relation_size(relid)) FROM pg_stat_user_tables;')],
    [
      'joined with others',
      sql('SELECT relname, tablename FROM pg_stat_user_tables JOIN pg_tables ON relname = tablename;'),
    ],
    [
      'a part of it',
      sql('SELECT relname FROM pg_stat_user_tables WHERE relid IN (SELECT conrelid FROM pg_constraint);'),
    ],
    ['a table of their own', sql('SELECT tablename FROM statistics;')],
    ['everything', sql('SELECT * FROM pg_stat_user_tables;')],
  ]);
});

describe('migration-history-is-left-to-its-tool', () => {
  const rule = 'migration-history-is-left-to-its-tool';
  speaks(rule, [
    ['a row is deleted', sql("DELETE FROM django_migrations WHERE name = '0006_x';")],
    ['a revision is set', `psql -c "UPDATE alembic_version SET version_num = '1f2e'"`],
    ['with its schema', sql('DELETE FROM public.flyway_schema_history WHERE success = false;')],
    ['in quotes', sql('DELETE FROM "_prisma_migrations" WHERE finished_at IS NULL;')],
  ]);
  isSilent(rule, [
    ['read', sql('SELECT * FROM django_migrations ORDER BY applied DESC;')],
    ['another table', sql("DELETE FROM migrations_log WHERE at < '2020-01-01';")],
    ['in a text', sql("DELETE FROM notes WHERE text = 'django_migrations';")],
    ['the tool does it', 'python manage.py migrate orders 0005'],
  ]);
});

describe('extracted-rows-are-loaded', () => {
  const rule = 'extracted-rows-are-loaded';
  const take = `psql -h side -c "\\copy (SELECT * FROM orders WHERE id IN (7)) TO 'o.csv' CSV"`;
  speaks(
    rule,
    [
      ['into a file', take],
      ['by the server', sql("COPY orders TO '/backup/orders.csv';")],
      ['and only looked at', take, 'wc -l o.csv\nrm o.csv'],
    ],
    deletion,
  );
  isSilent(
    rule,
    [
      ['and loaded', take, `psql -h prod -c "\\copy orders FROM 'o.csv' CSV"`],
      ['and inserted', take, sql('INSERT INTO orders SELECT * FROM salvage;')],
      ['by a script that is given the file', take, './import.sh o.csv'],
      ['by an action', take, { uses: 'postgres.load_rows', with: { component: 'database' } }],
      ['by a person', take, byHand('Load o.csv into production')],
      ['a copy from', `psql -c "\\copy orders FROM 'o.csv'"`],
    ],
    deletion,
  );
  isSilent(rule, [['a report that nobody lost', take]], { title: 'The disk is gone' });
});

describe('what-is-taken-away-is-given-back', () => {
  const rule = 'what-is-taken-away-is-given-back';
  speaks(rule, [
    ['rights', sql('REVOKE ALL PRIVILEGES ON ALL TABLES IN SCHEMA public FROM intern;')],
    ['the login', sql('ALTER ROLE intern WITH NOLOGIN;')],
    ['a key', 'redis-cli -h cache SADD blocked_keys abc'],
    ['given back to somebody else', sql('ALTER ROLE intern NOLOGIN;'), sql('ALTER ROLE clerk LOGIN;')],
    ['given back before', sql('GRANT ALL ON orders TO intern;'), sql('REVOKE ALL ON orders FROM intern;')],
  ]);
  isSilent(rule, [
    ['rights, given back', sql('REVOKE ALL ON orders FROM intern;'), sql('GRANT SELECT ON orders TO intern;')],
    ['the login, given back', sql('ALTER ROLE intern NOLOGIN;'), sql('ALTER USER intern LOGIN;')],
    ['a key, taken off the list', 'redis-cli SADD blocked_keys abc', 'redis-cli SREM blocked_keys abc'],
    ['a person unblocks', sql('ALTER ROLE intern NOLOGIN;'), byHand('Unblock intern')],
    ['another list', 'redis-cli SADD online_users abc'],
  ]);
});

describe('renamed-databases-are-replaced', () => {
  const rule = 'renamed-databases-are-replaced';
  speaks(rule, [
    [
      'across two servers',
      'psql -h a -c "ALTER DATABASE shop RENAME TO shop_old"\npsql -h b -c "ALTER DATABASE shop RENAME TO shop_new"',
    ],
    ['away, and nothing more', sql('ALTER DATABASE shop RENAME TO shop_broken;')],
  ]);
  isSilent(rule, [
    ['exchanged', sql('ALTER DATABASE shop RENAME TO shop_old;\nALTER DATABASE shop_new RENAME TO shop;')],
    ['made anew', sql('ALTER DATABASE shop RENAME TO shop_old;'), 'createdb shop', 'pg_restore -d shop a.dump'],
    ['made by SQL', sql('ALTER DATABASE shop RENAME TO shop_old;\nCREATE DATABASE shop;')],
    ['in the place of one that is dropped', 'dropdb shop', sql('ALTER DATABASE shop2 RENAME TO shop;')],
    ['a table', sql('ALTER TABLE shop RENAME TO shop_old;')],
  ]);
});
