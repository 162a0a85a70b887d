import { escapeIdentifier, escapeLiteral } from 'pg';
import { type Built, type BuiltTable, RENAMED } from './build.ts';

export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Values as text, by the names that columns had at first. */
export type Row = Readonly<Record<string, string | null>>;

/** Rows of one table: by key, or, where there is none, each with a number of its own. */
export type Rows = ReadonlyMap<string, Row>;

/** All rows of a case at one moment. */
export interface Look {
  readonly rows: readonly Rows[];
  readonly log: number;
  readonly sequences: string;
}

export async function look(query: Query, built: Built): Promise<Look> {
  const rows: Rows[] = [];
  for (const table of built.tables) rows.push(await rowsOf(query, table));
  const schema = escapeLiteral(built.schema);
  const [log] = await query<{ rows: number }>(
    `SELECT count(*)::int AS rows FROM ${escapeIdentifier(built.schema)}.log`,
  );
  const [sequences] = await query<{ all: string | null }>(
    `SELECT string_agg(sequencename || coalesce(last_value, 0), ',' ORDER BY sequencename) AS all FROM pg_sequences WHERE schemaname = ${schema}`,
  );
  return { rows, log: log?.rows ?? 0, sequences: sequences?.all ?? '' };
}

/** Today's name of each column that is still there. */
export async function columnsNow(query: Query, table: BuiltTable): Promise<ReadonlyMap<string, string>> {
  const there = await query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = ${escapeLiteral(table.sql)}::regclass AND attnum > 0 AND NOT attisdropped`,
  );
  const names = new Set(there.map(({ name }) => name));
  const added = [...names].filter((name) => name.startsWith('added'));
  const known = [...table.columns, ...added].map(
    (name) => [name, names.has(name) ? name : (RENAMED[name] ?? name)] as const,
  );
  return new Map(known.filter(([, now]) => names.has(now)));
}

async function rowsOf(query: Query, table: BuiltTable): Promise<Rows> {
  const columns = [...(await columnsNow(query, table))];
  const shown = columns
    .map(([first, now]) => `t.${escapeIdentifier(now)}::text AS ${escapeIdentifier(first)}`)
    .join(', ');
  const found = await query<Row>(`SELECT ${shown} FROM ${table.sql} t ORDER BY ROW(t.*)::text`);
  return new Map(found.map((row, index) => [table.keys.length > 0 ? keyOf(table, row) : String(index), row]));
}

/** A key as a conflict names it. */
export const keyOf = ({ keys }: BuiltTable, row: Row): string => keys.map((key) => `${key}=${row[key]}`).join(', ');

/** Whether two rows are the same in all columns that both looks have. */
export const alike = (a: Row, b: Row): boolean =>
  Object.keys(a).every((column) => !(column in b) || a[column] === b[column]);
