import { KnownError } from '../../../model/errors.ts';
import type { InventoryPolicy } from '../../../model/plan.ts';
import type { Session } from '../connect.ts';
import { pgErrorCode } from '../errors.ts';
import { isListed, quoted, quotedTable, tableName } from '../rows/names.ts';
import type { CountedTable, Inventory } from './inventory.ts';

export interface TakeInventory {
  readonly policy: InventoryPolicy;
  /** How long all of it may take; what is not counted by then is kept as not counted. */
  readonly withinMs: number;
  now(): number;
  /** Every block of a large table too: a copy of rows has other blocks. */
  readonly whole?: boolean;
  /** Counts what an earlier inventory counted, in the way it did; default: what the policy says. */
  readonly like?: Inventory;
}

/** Begins the transaction in whose snapshot everything is counted. */
export const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/**
 * Counts what is in a database, in one snapshot, and reads only. On a primary the snapshot is named, so that the exact moment can be
 * found in the log again.
 */
export async function takeInventory(session: Session, request: TakeInventory): Promise<Inventory> {
  await session.query(SNAPSHOT);
  try {
    return await countInSnapshot(session, request);
  } finally {
    await session.query('ROLLBACK');
  }
}

/** The same in a transaction that was begun already with SNAPSHOT. */
export async function countInSnapshot(session: Session, request: TakeInventory): Promise<Inventory> {
  // What texts of rows depend on is the same wherever they are read; a count may not take all processors of a server in use.
  for (const setting of EXACT) await session.query(`SET LOCAL ${setting}`);
  const [head] = await session.query<Head>(HEAD);
  const { at, position, snapshot, ...rest } = head as Head;
  const names = await readNames(session);
  const deadline = request.now() + request.withinMs;
  const tables = await countTables(session, { ...request, deadline });
  const newest = await readNewest(session, { ...request, deadline });
  return { format: 1, at: at.toISOString(), position, snapshot, ...rest, ...names, tables, newest };
}

const EXACT = [
  'search_path = pg_catalog',
  "lc_monetary = 'C'",
  'max_parallel_workers_per_gather = 0',
  'xmloption = content',
];

interface Head {
  readonly at: Date;
  readonly position: string;
  readonly snapshot: string;
  readonly system: string;
  readonly database: string;
}

/** The snapshot first: the position after it is behind all that the snapshot sees. A server in recovery has neither. */
const HEAD = `
  SELECT pg_catalog.now() AS at,
    CASE WHEN pg_catalog.pg_is_in_recovery() THEN '' ELSE pg_catalog.pg_current_snapshot()::text END AS snapshot,
    CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
      ELSE pg_catalog.pg_current_wal_insert_lsn() END::text AS position,
    (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS system,
    pg_catalog.current_database()::text AS database`;

type Names = Pick<Inventory, 'databases' | 'roles' | 'extensions' | 'settings' | 'collations'>;

async function readNames(session: Session): Promise<Names> {
  const databases = await session.query<{ name: string }>(
    'SELECT datname::text AS name FROM pg_catalog.pg_database WHERE NOT datistemplate ORDER BY 1',
  );
  const roles = await session.query<Inventory['roles'][number]>(
    `SELECT rolname::text AS name, rolsuper AS superuser, rolcanlogin AS login FROM pg_catalog.pg_roles
     WHERE rolname !~ '^pg_' ORDER BY 1`,
  );
  const extensions = await session.query<Inventory['extensions'][number]>(
    'SELECT extname::text AS name, extversion AS version FROM pg_catalog.pg_extension ORDER BY 1',
  );
  const settings = await session.query<Inventory['settings'][number]>(SETTINGS);
  const collations = await session.query<Inventory['collations'][number]>(COLLATIONS);
  return { databases: databases.map(({ name }) => name), roles, extensions, settings, collations };
}

const SETTINGS = `
  SELECT pg_catalog.concat_ws(' in ', 'role ' || r.rolname, 'database ' || d.datname) AS of, setting
  FROM pg_catalog.pg_db_role_setting s CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS setting
  LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
  ORDER BY 1, 2`;

/** The versions of the libraries that the server runs with now: those that the indexes were sorted by. */
const COLLATIONS = `
  SELECT 'the database ' || datname AS name, pg_catalog.pg_database_collation_actual_version(oid) AS version
  FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
    AND pg_catalog.pg_database_collation_actual_version(oid) IS NOT NULL
  UNION SELECT 'the collation ' || c.collname, pg_catalog.pg_collation_actual_version(c.oid)
  FROM pg_catalog.pg_collation c WHERE pg_catalog.pg_collation_actual_version(c.oid) IS NOT NULL AND EXISTS (
    SELECT FROM pg_catalog.pg_index i CROSS JOIN LATERAL pg_catalog.unnest(i.indcollation::oid[]) AS used(oid) WHERE used.oid = c.oid)
  ORDER BY 1`;

interface Countable {
  readonly schema: string;
  readonly name: string;
  readonly persistence: string;
  readonly bytes: number;
}

/** The small ones first: when time runs out, as many as can be have been counted. */
const TABLES = `
  SELECT n.nspname::text AS schema, c.relname::text AS name, c.relpersistence::text AS persistence,
    pg_catalog.pg_relation_size(c.oid)::int8 AS bytes
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE (c.relkind = 'r' OR (c.relkind = 'm' AND c.relispopulated)) AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 4, 1, 2`;

type Counting = TakeInventory & { readonly deadline: number };

async function countTables(session: Session, counting: Counting): Promise<readonly CountedTable[]> {
  const tables = await session.query<Countable>(TABLES);
  const [recovery] = await session.query<{ now: boolean }>('SELECT pg_catalog.pg_is_in_recovery() AS now');
  const counted: CountedTable[] = [];
  for (const table of tables) {
    const { schema, name, persistence } = table;
    const known = { schema, name, persistence };
    const unreadable = persistence === 'u' && recovery?.now === true;
    if (unreadable)
      counted.push({ ...known, rows: 0, sum: '0' }); // not to be read before the recovery ends, and empty then
    else counted.push({ ...known, ...(await count(session, table, counting)) });
  }
  return counted;
}

type Counted = Pick<CountedTable, 'rows' | 'sum' | 'percent' | 'not'>;

async function count(session: Session, table: Countable, counting: Counting): Promise<Counted> {
  const { policy, like } = counting;
  const before = like?.tables.find(({ schema, name }) => schema === table.schema && name === table.name);
  if (before?.not !== undefined) return { not: before.not };
  if (policy.leave_out.length > 0 && isListed(table, policy.leave_out)) return { not: 'the plan leaves it out' };
  const share = counting.whole ? undefined : shareOf(table, policy);
  const percent = like === undefined ? share : before?.percent;
  // Blocks are chosen by their number alone, so that the same blocks are read from a copy whose files are the same.
  const sample = percent === undefined ? '' : ` TABLESAMPLE SYSTEM (${percent}) REPEATABLE (0)`;
  const sql = `SELECT pg_catalog.count(*)::int8 AS rows,
      coalesce(pg_catalog.sum(pg_catalog.hashtextextended((counted.*)::text COLLATE "C", 0)::numeric), 0)::text AS sum
    FROM ONLY ${quotedTable(table)} AS counted${sample}`;
  const read = await bounded<{ rows: number; sum: string }>(session, sql, counting);
  if ('not' in read) return read;
  return { ...(read.row as { rows: number; sum: string }), ...(percent === undefined ? {} : { percent }) };
}

function shareOf({ bytes }: Countable, { sample_above }: InventoryPolicy): number | undefined {
  const most = sample_above * 1_000_000;
  return bytes <= most ? undefined : Number(((100 * most) / bytes).toFixed(6));
}

/** A table that cannot be read, or not in the time there is, costs that table, not the inventory. */
async function bounded<Row>(
  session: Session,
  sql: string,
  { deadline, now }: Pick<Counting, 'deadline' | 'now'>,
): Promise<{ row: Row | undefined } | { not: string }> {
  const left = Math.floor(deadline - now());
  if (left < 1) return { not: OUT_OF_TIME };
  await session.query('SAVEPOINT one');
  try {
    await session.query(`SET LOCAL statement_timeout = ${left}`);
    const [row] = await session.query<Row>(sql);
    await session.query('RELEASE one');
    return { row };
  } catch (error) {
    const code = pgErrorCode(error);
    if (code === undefined || error instanceof KnownError) throw error;
    await session.query('ROLLBACK TO one');
    if (code === '57014') return { not: OUT_OF_TIME };
    return { not: code === '42501' ? 'no permission to read it' : `${(error as Error).message} (${code})` };
  }
}

const OUT_OF_TIME = 'there was no time for it';

async function readNewest(session: Session, counting: Counting): Promise<Inventory['newest']> {
  const found: Inventory['newest'][number][] = [];
  for (const { table, column } of counting.policy.newest) {
    const [schema, name] = table.includes('.') ? (table.split('.', 2) as [string, string]) : ['public', table];
    const sql = `SELECT pg_catalog.max(${quoted(column)})::text AS value FROM ${quotedTable({ schema, name })}`;
    const read = await bounded<{ value: string | null }>(session, sql, counting);
    if ('row' in read) found.push({ table: tableName({ schema, name }), column, value: read.row?.value ?? null });
  }
  return found;
}
