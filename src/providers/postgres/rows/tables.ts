import type { Session } from '../connect.ts';

export interface Relation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

/** A table with all that is needed to take rows out of it and to put them back. */
export interface Table extends Relation {
  /** Stored columns in order; generated ones are not among them. */
  readonly columns: readonly string[];
  /** Columns that name a row: the primary key, else a unique rule over columns that are never null; else empty. */
  readonly key: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  /** It has a unique rule that is checked at the commit only; ON CONFLICT does not work with such a table. */
  readonly uniqueLater: boolean;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly refersTo: Relation;
  readonly refersToColumns: readonly string[];
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
  const [relation] = await session.query<Relation>(
    `SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')`,
    [name.schema, name.name],
  );
  if (relation === undefined) return undefined;
  const columns = await session.query<{ name: string }>(
    `SELECT attname AS name FROM pg_catalog.pg_attribute
     WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [relation.oid],
  );
  return {
    ...relation,
    columns: columns.map((column) => column.name),
    key: await keyOf(session, relation.oid),
    foreignKeys: await foreignKeysOf(session, relation.oid),
    uniqueLater: await isUniqueLater(session, relation.oid),
  };
}

async function isUniqueLater(session: Session, oid: number): Promise<boolean> {
  const [found] = await session.query<{ later: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_index
       WHERE indrelid = $1 AND (indisunique OR indisexclusion) AND NOT indimmediate) AS later`,
    [oid],
  );
  return found?.later ?? false;
}

async function keyOf(session: Session, oid: number): Promise<readonly string[]> {
  const [found] = await session.query<{ columns: readonly string[] }>(
    `SELECT array_agg(a.attname::text ORDER BY k.place) AS columns
     FROM pg_catalog.pg_index i
     CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
     LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
     WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indimmediate
       AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
     GROUP BY i.indexrelid, i.indisprimary
     HAVING bool_and(a.attnotnull)
     ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1`,
    [oid],
  );
  return found?.columns ?? [];
}

async function foreignKeysOf(session: Session, oid: number): Promise<readonly ForeignKey[]> {
  const columnsOf = (relation: string, numbers: string) =>
    `ARRAY(SELECT a.attname::text FROM unnest(${numbers}) WITH ORDINALITY AS k(number, place)
       JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.number ORDER BY k.place)`;
  const rows = await session.query<{
    name: string;
    columns: readonly string[];
    oid: number;
    schema: string;
    table: string;
    refers_to_columns: readonly string[];
  }>(
    `SELECT f.conname AS name, ${columnsOf('f.conrelid', 'f.conkey')} AS columns,
       c.oid::int8 AS oid, n.nspname AS schema, c.relname AS table,
       ${columnsOf('f.confrelid', 'f.confkey')} AS refers_to_columns
     FROM pg_catalog.pg_constraint f
     JOIN pg_catalog.pg_class c ON c.oid = f.confrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE f.contype = 'f' AND f.conrelid = $1 ORDER BY f.conname`,
    [oid],
  );
  return rows.map((row) => ({
    name: row.name,
    columns: row.columns,
    refersTo: { oid: row.oid, schema: row.schema, name: row.table },
    refersToColumns: row.refers_to_columns,
  }));
}
