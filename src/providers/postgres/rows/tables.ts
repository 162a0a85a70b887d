import type { Session } from '../connect.ts';

export interface Relation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

/** A table with all that is needed to take rows out of it and to put them back. */
export interface Table extends Relation {
  /** Its rows are in its partitions. */
  readonly partitioned: boolean;
  /** The table that it is a partition of, over all levels. */
  readonly root?: number;
  /** Stored columns in order; generated ones are not among them. */
  readonly columns: readonly string[];
  /** The number of each of these columns, which stays the same when it is renamed. */
  readonly numbers: readonly number[];
  /** Columns that name a row: the primary key, else a unique rule over columns that are never null; else empty. */
  readonly key: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  /** It has a unique rule that is checked at the commit only; ON CONFLICT does not work with such a table. */
  readonly uniqueLater: boolean;
  /** Unique rules besides the key. */
  readonly uniqueRules: readonly UniqueRule[];
  /** Triggers of the user that a new or changed row sets off. */
  readonly triggers: readonly Trigger[];
  readonly sequences: readonly OwnedSequence[];
  /** Columns whose numbers the database alone gives; they can be inserted, and not be changed. */
  readonly alwaysNumbered: readonly string[];
  /** Columns that foreign keys of any table point at. */
  readonly referenced: readonly string[];
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly refersTo: Relation & { readonly partitioned: boolean };
  readonly refersToColumns: readonly string[];
}

export interface UniqueRule {
  readonly name: string;
  /** Columns and expressions, as they stand in SQL. */
  readonly expressions: readonly string[];
  /** For which rows it holds, as it stands in SQL; null: for all. */
  readonly predicate: string | null;
  readonly nullsAreEqual: boolean;
}

export interface Trigger {
  readonly name: string;
  /** It is set off even where triggers are kept quiet. */
  readonly always: boolean;
}

export interface OwnedSequence {
  readonly column: string;
  readonly name: string;
  readonly descending: boolean;
}

/** The user's tables that files of this database belong to. System and TOAST tables, indexes and unknown files are left out. */
export async function tablesOfFiles(
  session: Session,
  files: readonly { readonly tablespace: number; readonly filenode: number }[],
): Promise<ReadonlyMap<number, Relation>> {
  const rows = await session.query<{ filenode: number; oid: number; schema: string; name: string }>(
    `SELECT file.filenode::int8 AS filenode, c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name
     FROM unnest($1::int8[], $2::int8[]) AS file(tablespace, filenode)
     JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.pg_filenode_relation(file.tablespace::oid, file.filenode::oid)
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
    [files.map((file) => file.tablespace), files.map((file) => file.filenode)],
  );
  return new Map(rows.map(({ filenode, ...relation }) => [filenode, relation]));
}

export const databaseNumber = async (session: Session): Promise<number> => {
  const rows = await session.query<{ oid: number }>(
    'SELECT oid::int8 AS oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()',
  );
  return (rows[0] as { oid: number }).oid;
};

/** Reads what must be known of a table; undefined when it does not exist. */
export async function describeTable(
  session: Session,
  name: Pick<Relation, 'schema' | 'name'>,
): Promise<Table | undefined> {
  const [relation] = await session.query<{ oid: number }>(
    `SELECT c.oid::int8 AS oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')`,
    [name.schema, name.name],
  );
  return relation && (await describeTables(session, [relation.oid])).get(relation.oid);
}

/** Reads what must be known of tables, with the same few queries for one and for thousands. What does not exist is left out. */
export async function describeTables(session: Session, oids: readonly number[]): Promise<ReadonlyMap<number, Table>> {
  const of = async <Row extends object>(sql: string): Promise<ReadonlyMap<number, readonly Row[]>> =>
    byTable(await session.query<Row & { of: number }>(sql, [oids]));
  const relations = await session.query<Head>(RELATIONS, [oids]);
  const columns = await of<{ name: string; number: number; numbered: boolean }>(COLUMNS);
  const rules = await of<Rule>(UNIQUE_RULES);
  const foreignKeys = await of<ForeignKeyRow>(FOREIGN_KEYS);
  const triggers = await of<Trigger>(TRIGGERS);
  const sequences = await of<OwnedSequence>(SEQUENCES);
  const referenced = await of<{ name: string }>(REFERENCED);
  return new Map(
    relations.map(({ root, ...relation }) => {
      const { oid } = relation;
      const its = <Row>(rows: ReadonlyMap<number, readonly Row[]>): readonly Row[] => rows.get(oid) ?? [];
      const key = its(rules).find(({ names_row }) => names_row);
      const table: Table = {
        ...relation,
        ...(root === null ? {} : { root }),
        columns: its(columns).map(({ name }) => name),
        numbers: its(columns).map(({ number }) => number),
        key: key?.columns ?? [],
        foreignKeys: its(foreignKeys).map(foreignKeyOf),
        uniqueLater: its(rules).some(({ later }) => later),
        uniqueRules: its(rules).filter((rule) => rule !== key && rule.expressions.length > 0),
        triggers: its(triggers),
        sequences: its(sequences),
        alwaysNumbered: its(columns)
          .filter(({ numbered }) => numbered)
          .map(({ name }) => name),
        referenced: its(referenced).map(({ name }) => name),
      };
      return [oid, table];
    }),
  );
}

function byTable<Row extends { of: number }>(rows: readonly Row[]): ReadonlyMap<number, readonly Row[]> {
  const found = new Map<number, Row[]>();
  for (const row of rows) {
    const those = found.get(row.of);
    if (those) those.push(row);
    else found.set(row.of, [row]);
  }
  return found;
}

type Head = Relation & { readonly partitioned: boolean; readonly root: number | null };

const RELATIONS = `SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind = 'p' AS partitioned,
    CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid)::oid::int8 END AS root
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = ANY ($1::oid[]) AND c.relkind IN ('r', 'p')`;

const COLUMNS = `SELECT attrelid::int8 AS of, attname AS name, attnum::int AS number, attidentity = 'a' AS numbered
  FROM pg_catalog.pg_attribute
  WHERE attrelid = ANY ($1::oid[]) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attrelid, attnum`;

interface Rule extends UniqueRule {
  /** Its columns where it has nothing but columns. */
  readonly columns: readonly string[];
  readonly names_row: boolean;
  readonly later: boolean;
}

/** Those that can name a row come first, the primary key before all. Exclusion rules count as unique where they are checked late. */
const UNIQUE_RULES = `SELECT i.indrelid::int8 AS of, c.relname AS name, keys.columns,
    CASE WHEN i.indisunique THEN keys.expressions ELSE '{}' END AS expressions,
    pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate, i.indnullsnotdistinct AS "nullsAreEqual",
    i.indisunique AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL AND keys.never_null AS names_row,
    NOT i.indimmediate AS later
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  CROSS JOIN LATERAL (
    SELECT array_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k.place::int, true) ORDER BY k.place) AS expressions,
      array_agg(a.attname::text ORDER BY k.place) AS columns, coalesce(bool_and(a.attnotnull), false) AS never_null
    FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE k.place <= i.indnkeyatts) keys
  WHERE i.indrelid = ANY ($1::oid[]) AND i.indisvalid AND (i.indisunique OR i.indisexclusion)
  ORDER BY i.indrelid, i.indisprimary DESC, i.indexrelid`;

interface ForeignKeyRow {
  readonly name: string;
  readonly columns: readonly string[];
  readonly oid: number;
  readonly schema: string;
  readonly table: string;
  readonly partitioned: boolean;
  readonly refers_to_columns: readonly string[];
}

const columnsOf = (relation: string, numbers: string): string =>
  `ARRAY(SELECT a.attname::text FROM unnest(${numbers}) WITH ORDINALITY AS k(number, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.number ORDER BY k.place)`;

/** Without those that PostgreSQL adds for each partition of the table that is referred to. */
const FOREIGN_KEYS = `SELECT f.conrelid::int8 AS of, f.conname AS name, ${columnsOf('f.conrelid', 'f.conkey')} AS columns,
    c.oid::int8 AS oid, n.nspname AS schema, c.relname AS table, c.relkind = 'p' AS partitioned,
    ${columnsOf('f.confrelid', 'f.confkey')} AS refers_to_columns
  FROM pg_catalog.pg_constraint f
  JOIN pg_catalog.pg_class c ON c.oid = f.confrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE f.contype = 'f' AND f.conrelid = ANY ($1::oid[]) AND f.conparentid = 0 ORDER BY f.conrelid, f.conname`;

const foreignKeyOf = (row: ForeignKeyRow): ForeignKey => ({
  name: row.name,
  columns: row.columns,
  refersTo: { oid: row.oid, schema: row.schema, name: row.table, partitioned: row.partitioned },
  refersToColumns: row.refers_to_columns,
});

/** Of a partitioned table also those of its partitions. 4: at INSERT, 16: at UPDATE. */
const TRIGGERS = `SELECT DISTINCT wanted.oid::int8 AS of, t.tgname AS name, t.tgenabled IN ('A', 'R') AS always
  FROM unnest($1::oid[]) AS wanted(oid)
  CROSS JOIN LATERAL (SELECT wanted.oid AS relation UNION SELECT relid FROM pg_catalog.pg_partition_tree(wanted.oid)) tree
  JOIN pg_catalog.pg_trigger t ON t.tgrelid = tree.relation
  WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 20 <> 0 ORDER BY 1, 2`;

const SEQUENCES = `SELECT d.refobjid::int8 AS of, a.attname AS column, s.seqincrement < 0 AS descending,
    pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS name
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid
  JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
    AND d.refobjid = ANY ($1::oid[]) AND d.deptype IN ('a', 'i') ORDER BY 1, 2`;

const REFERENCED = `SELECT DISTINCT f.confrelid::int8 AS of, a.attname AS name
  FROM pg_catalog.pg_constraint f CROSS JOIN LATERAL unnest(f.confkey) AS k(number)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number
  WHERE f.contype = 'f' AND f.confrelid = ANY ($1::oid[]) ORDER BY 1, 2`;
