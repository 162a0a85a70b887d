import { escapeLiteral } from 'pg';

/** A name as it stands in SQL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `schema.table` as it stands in SQL. */
export const quotedTable = ({ schema, name }: { schema: string; name: string }): string =>
  `${quoted(schema)}.${quoted(name)}`;

/** What people call a table: `schema.table`. */
export const tableName = ({ schema, name }: { schema: string; name: string }): string => `${schema}.${name}`;

/** Whether a table is one of those a plan lists as `table` or `schema.table`. An empty list means every table. */
export function isListed(table: { schema: string; name: string }, listed: readonly string[]): boolean {
  return listed.length === 0 || listed.includes(tableName(table)) || listed.includes(table.name);
}

export const columnList = (columns: readonly string[], prefix = ''): string =>
  columns.map((column) => prefix + quoted(column)).join(', ');

/** A whole row as one text; equal texts are equal rows. */
export const contentOf = (columns: readonly string[], prefix = ''): string =>
  `ROW(${columnList(columns, prefix)})::text`;

/** Where the rows of a table itself are read from: what inherits from it is another table, its partitions are not. */
export const rowsOf = (table: { schema: string; name: string; partitioned: boolean }): string =>
  table.partitioned ? quotedTable(table) : `ONLY ${quotedTable(table)}`;

/** How many rows of each content a table has, as `content` and `rows`. */
export const alikeRows = (table: {
  schema: string;
  name: string;
  partitioned: boolean;
  columns: readonly string[];
}): string =>
  `SELECT ${contentOf(table.columns)} AS content, pg_catalog.count(*) AS rows FROM ${rowsOf(table)} GROUP BY 1`;

/** A key for people: `id=7, day=2026-01-14`. */
export const keyText = (columns: readonly string[], prefix: string): string =>
  `pg_catalog.concat_ws(', ', ${columns
    .map((column) => `${escapeLiteral(`${column}=`)} || coalesce(${prefix}${quoted(column)}::text, 'null')`)
    .join(', ')})`;

/** So much of a row that a person recognizes it. */
export const beginningOf = (columns: readonly string[], prefix: string): string =>
  `pg_catalog.left(${contentOf(columns, prefix)}, 100)`;

/** Rows of the table `t` and the stage `s` that have the same key. */
export const matchOn = (key: readonly string[]): string =>
  key.map((column) => `t.${quoted(column)} = s.${quoted(column)}`).join(' AND ');
