import type { Session } from '../connect.ts';
import { translatePgError } from '../errors.ts';
import { quoted, quotedTable, tableName } from '../rows/names.ts';
import { type Findings, noneOf } from './proofs.ts';

const CLAIM = 'tables and indexes are sound (amcheck)';

/** What checks one relation: the first row it gives, or the error it ends with, is the damage. */
interface Target {
  readonly what: string;
  readonly sql: string;
}

/**
 * PostgreSQL's own check of every table and every index of one database: rows against their format, indexes against their order, and each row
 * of a table looked up in its indexes. One that is damaged does not keep the others from being looked at.
 */
export async function checkStructure(session: Session, found: Findings): Promise<void> {
  const schema = await amcheckSchema(session);
  if (schema === undefined) {
    found.notLookedAt.push({ claim: CLAIM, why: 'the extension amcheck is not installed on this machine' });
    return;
  }
  const targets = await structureTargets(session, schema);
  const faults: string[] = [];
  for (const { what, sql } of targets) {
    try {
      const [first] = await session.query<{ msg?: string }>(sql);
      if (first?.msg !== undefined) faults.push(`${what}: ${first.msg}`);
    } catch (error) {
      faults.push(`${what}: ${translatePgError(error, 'amcheck').message}`);
    }
  }
  const others = await session.query<{ name: string }>(UNKNOWN_INDEXES);
  for (const { name } of others)
    found.notLookedAt.push({ claim: `the index ${name} is sound`, why: 'amcheck knows B-tree indexes only' });
  const [database] = await session.query<{ name: string }>('SELECT current_database()::text AS name');
  found.proofs.push(
    noneOf(`${CLAIM}, database ${database?.name}`, faults, `${targets.length} tables and indexes, no damage`),
  );
}

async function amcheckSchema(session: Session): Promise<string | undefined> {
  const [there] = await session.query<{ available: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'amcheck') AS available`,
  );
  if (!there?.available) return undefined;
  await session.query('CREATE EXTENSION IF NOT EXISTS amcheck');
  const [found] = await session.query<{ schema: string }>(
    `SELECT n.nspname::text AS schema FROM pg_catalog.pg_extension e
     JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'`,
  );
  return found?.schema;
}

/** Every table and every index that amcheck can look at, tables first. */
export const structureTargets = (session: Session, schema: string): Promise<readonly Target[]> =>
  session.query<Target>(TARGETS, [quoted(schema)]);

const TARGETS = `
  SELECT c.oid::pg_catalog.regclass::text AS what, CASE WHEN c.relkind = 'i'
    THEN pg_catalog.format('SELECT %s.bt_index_check(index => %s::oid::regclass, heapallindexed => true)', $1::text, c.oid)
    ELSE pg_catalog.format('SELECT msg FROM %s.verify_heapam(%s::oid::regclass, on_error_stop => true, check_toast => true) LIMIT 1',
      $1::text, c.oid) END AS sql
  FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
    LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
  WHERE c.relpersistence = 'p'
    AND (c.relkind IN ('r', 't', 'm') OR (c.relkind = 'i' AND am.amname = 'btree' AND i.indisready AND i.indisvalid))
  ORDER BY c.relkind = 'i', c.oid`;

const UNKNOWN_INDEXES = `
  SELECT c.oid::pg_catalog.regclass::text AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_am am ON am.oid = c.relam
  WHERE c.relkind = 'i' AND am.amname <> 'btree' ORDER BY 1`;

interface Key {
  readonly name: string;
  readonly child: { readonly schema: string; readonly name: string };
  readonly parent: { readonly schema: string; readonly name: string };
  readonly columns: readonly string[];
  readonly refers: readonly string[];
  readonly validated: boolean;
}

/** Rows that point at nothing, counted for each foreign key by reading both tables: an index that lost a row would hide it. */
export async function checkForeignKeys(session: Session, found: Findings): Promise<void> {
  await session.query('SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off');
  const keys = await session.query<Key>(KEYS);
  const faults: string[] = [];
  for (const key of keys.filter(({ validated }) => validated)) {
    const name = `${key.name} of ${tableName(key.child)}`;
    try {
      const [row] = await session.query<{ orphans: number }>(orphansOf(key));
      if (row === undefined || row.orphans > 0) faults.push(`${name}: ${row?.orphans ?? '?'} rows point at nothing`);
    } catch (error) {
      faults.push(`${name}: ${translatePgError(error, 'foreign key').message}`);
    }
  }
  for (const { name, child } of keys.filter(({ validated }) => !validated))
    found.notLookedAt.push({
      claim: `${name} of ${tableName(child)} holds`,
      why: 'the database itself never checked it (NOT VALID)',
    });
  await session.query('RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_indexonlyscan');
  const seen = keys.length === 0 ? 'there are none' : `${keys.length} foreign keys, no orphan`;
  found.proofs.push(noneOf('every foreign key points at a row', faults, seen));
}

function orphansOf({ child, parent, columns, refers }: Key): string {
  const pairs = columns.map((column, at) => `parent.${quoted(refers[at] as string)} = child.${quoted(column)}`);
  const given = columns.map((column) => `child.${quoted(column)} IS NOT NULL`);
  return `SELECT pg_catalog.count(*)::int8 AS orphans FROM ${quotedTable(child)} AS child
    WHERE ${given.join(' AND ')} AND NOT EXISTS (SELECT FROM ${quotedTable(parent)} AS parent WHERE ${pairs.join(' AND ')})`;
}

/** Of partitioned tables the key of the whole; those of its parts follow from it. */
const KEYS = `
  SELECT k.conname::text AS name, k.convalidated AS validated,
    pg_catalog.json_build_object('schema', cn.nspname, 'name', c.relname) AS child,
    pg_catalog.json_build_object('schema', pn.nspname, 'name', p.relname) AS parent,
    (SELECT pg_catalog.array_agg(a.attname::text ORDER BY at) FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u(n, at)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n) AS columns,
    (SELECT pg_catalog.array_agg(a.attname::text ORDER BY at) FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u(n, at)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n) AS refers
  FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
    JOIN pg_catalog.pg_class p ON p.oid = k.confrelid JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
  WHERE k.contype = 'f' AND k.conparentid = 0 AND pn.nspname <> 'pg_catalog' ORDER BY 3::text, 1`;
