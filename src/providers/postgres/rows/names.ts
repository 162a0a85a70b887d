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

/** How many rows of each content a table has, as `content` and `rows`. */
export const alikeRows = (table: { schema: string; name: string; columns: readonly string[] }): string =>
  `SELECT ${contentOf(table.columns)} AS content, pg_catalog.count(*) AS rows FROM ONLY ${quotedTable(table)} GROUP BY 1`;
