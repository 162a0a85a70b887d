import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { to as copyTo } from 'pg-copy-streams';
import type { JsonObject } from '../../lib/json.ts';
import { errorRecord } from '../../model/errors.ts';
import type { Check, Inspection, ServerClient } from './client-api.ts';
import { type Session, type SessionOptions, withSession } from './connect.ts';
import { translatePgError } from './errors.ts';
import { currentAddress } from './instance/restored-server.ts';
import { quotedTable, tableName } from './rows/names.ts';
import type { Relation } from './rows/tables.ts';
import { asJson } from './values.ts';
import { database, type World } from './world.ts';

type Request = Parameters<ServerClient['inspect']>[0];

/** Reads every table to its end, lets PostgreSQL check its own structures, and puts the questions of the plan. */
export async function inspect(world: World, request: Request): Promise<Inspection> {
  const address = await currentAddress(world, request.component);
  const what = `${request.component}: verify`;
  const options: SessionOptions = { address, what, signal: request.signal, readOnly: true };
  const questions = await withSession(options, (session) => askAll(world, request, session));
  if (request.quick) return { tables: 0, rows: 0, checks: questions };
  const read = await withSession(options, (session) => readAll(request, session));
  const structure = await withSession({ ...options, readOnly: false }, checkStructure);
  return { ...read, checks: [...read.checks, structure, ...questions] };
}

/** Every table, from its first row to its last. */
export async function readAll({ log, signal }: Pick<Request, 'log' | 'signal'>, session: Session): Promise<Inspection> {
  const tables = await session.query<Relation>(
    `SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE (c.relkind = 'r' OR (c.relkind = 'm' AND c.relispopulated)) AND c.relpersistence <> 't'
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 2, 3`,
  );
  let rows = 0;
  const broken: Check[] = [];
  for (const table of tables) {
    try {
      const read = await readTable(session, table, signal);
      rows += read;
      log(`${tableName(table)}: ${read} rows read`);
    } catch (error) {
      signal.throwIfAborted();
      const seen = translatePgError(error, tableName(table)).message;
      broken.push({ name: `${tableName(table)} can be read to its end`, held: false, observed: seen });
    }
  }
  const summary: Check = {
    name: 'every table was read from its first row to its last',
    held: broken.length === 0 && tables.length > 0,
    observed: tables.length === 0 ? 'there is no table at all' : `${tables.length} tables, ${rows} rows`,
  };
  return { tables: tables.length, rows, checks: [summary, ...broken] };
}

/** Every value is written out and thrown away: counting alone would not open what is stored compressed or apart. */
async function readTable(session: Session, table: Relation, signal: AbortSignal): Promise<number> {
  const copy = session.client.query(copyTo(`COPY (SELECT * FROM ONLY ${quotedTable(table)}) TO STDOUT`));
  const nowhere = new Writable({ write: (_bytes, _encoding, done) => done() });
  await pipeline(copy, nowhere, { signal });
  return copy.rowCount;
}

/** PostgreSQL's own check of tables and indexes, in a transaction that is rolled back: the extension need not stay. */
async function checkStructure(session: Session): Promise<Check> {
  const name = 'tables and indexes are sound (amcheck)';
  const [can] = await session.query<{ may: boolean; available: boolean }>(
    `SELECT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user) AS may,
       EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'amcheck') AS available`,
  );
  // Not being able to look deeper is said, and is no fault of the data: all of it was read.
  if (!can?.available) return { name, held: true, observed: 'not looked at: the extension amcheck is not installed' };
  if (!can.may) return { name, held: true, observed: 'not looked at: only a superuser may' };
  await session.query('BEGIN');
  try {
    await session.query('CREATE EXTENSION IF NOT EXISTS amcheck');
    const [found] = await session.query<{ schema: string }>(
      `SELECT n.nspname AS schema FROM pg_catalog.pg_extension e
       JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'`,
    );
    const observed = await damage(session, `"${(found?.schema ?? 'public').replaceAll('"', '""')}"`);
    return { name, held: observed === undefined, observed: observed ?? 'no damage found' };
  } catch (error) {
    return { name, held: false, observed: translatePgError(error, 'amcheck').message };
  } finally {
    await session.query('ROLLBACK');
  }
}

async function damage(session: Session, schema: string): Promise<string | undefined> {
  const [heap] = await session.query<{ table: string; message: string }>(
    `SELECT c.oid::regclass::text AS table, found.msg AS message
     FROM pg_catalog.pg_class c CROSS JOIN LATERAL ${schema}.verify_heapam(c.oid) AS found
     WHERE c.relkind IN ('r', 't', 'm') AND c.relpersistence = 'p' LIMIT 1`,
  );
  if (heap !== undefined) return `${heap.table}: ${heap.message}`;
  // Damage of an index is an error, which ends the transaction and is reported by the caller.
  await session.query(
    `SELECT ${schema}.bt_index_check(index => c.oid::regclass, heapallindexed => true)
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
     JOIN pg_catalog.pg_am am ON am.oid = c.relam
     WHERE am.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence = 'p' AND i.indisready AND i.indisvalid`,
  );
  return undefined;
}

/** The questions of the plan. */
export async function askAll(
  world: World,
  { component }: Pick<Request, 'component'>,
  session: Session,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const { name, sql, expect } of database(world, component).verification) {
    const answer = await ask(session, sql);
    checks.push({ name, ...judge(world, expect, answer) });
  }
  return checks;
}

type Answer = { readonly row: JsonObject } | { readonly fault: string };

async function ask(session: Session, sql: string): Promise<Answer> {
  try {
    const rows = await session.query<Record<string, unknown>>(sql);
    if (rows.length !== 1) return { fault: `the query gave ${rows.length} rows instead of one` };
    return { row: asJson(rows[0] as Record<string, unknown>) };
  } catch (error) {
    return { fault: translatePgError(error, 'query').message };
  }
}

function judge(world: World, expect: string, answer: Answer): Omit<Check, 'name'> {
  if ('fault' in answer) return { held: false, observed: answer.fault };
  const observed = JSON.stringify(answer.row);
  try {
    return { held: world.condition(expect, answer.row), observed };
  } catch (error) {
    return { held: false, observed: `${observed}; ${errorRecord(error).message}` };
  }
}
