import { KnownError } from '../../../model/errors.ts';
import type { LoadedTable, Receipt, RowClient } from '../client-api.ts';
import { type Session, withSession } from '../connect.ts';
import { pgErrorCode, translatePgError } from '../errors.ts';
import { connectionOf, type World } from '../world.ts';
import { alikeRows, columnList, contentOf, quoted, quotedTable, tableName } from './names.ts';
import { inOrder } from './order.ts';
import { requireSalvage } from './salvage.ts';
import { ROWS_ALIKE, type StagedTable, stage } from './staged.ts';

type Request = Parameters<RowClient['load']>[0];

const FOREIGN_KEY_VIOLATION = '23503';

/** Transaction numbers mean something on one server and one timeline only. */
const SERVER = `(SELECT system_identifier FROM pg_catalog.pg_control_system())::text || '/' ||
  (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint())::text`;

/** Inserts the salvaged rows into the live database: all or none, never over a row that exists. */
export async function loadRows(world: World, request: Request): Promise<readonly LoadedTable[]> {
  const salvage = await requireSalvage(world, request.component, request.salvage);
  const address = { uri: connectionOf(world, request.component) };
  const what = `${request.component}: put rows back`;
  return withSession({ address, what, signal: request.signal }, async (session) => {
    await session.query('BEGIN');
    // Waiting longer for a lock would hold up the application behind us.
    await session.query("SET LOCAL lock_timeout = '10s'");
    const staged = await stage(world, session, salvage, request.signal);
    const already = await countThere(session, staged);
    await session.query('SET CONSTRAINTS ALL DEFERRED');
    const inserted = await insertAll(session, staged).catch((error) => {
      throw explain(error, what);
    });
    const tables = staged.map(({ salvaged }, index) => {
      const [there, added] = [already[index] ?? 0, inserted.get(index) ?? 0];
      const conflicting = salvaged.rows - there - added;
      return { table: tableName(salvaged), inserted: added, alreadyThere: there, conflicting };
    });
    await request.beforeCommit(await receiptOf(session), tables);
    await session.query('COMMIT');
    return tables;
  });
}

/** Rows of each staged table that exist already, told by their key. */
async function countThere(session: Session, staged: readonly StagedTable[]): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const one of staged) {
    const [row] = await session.query<{ there: number }>(thereSql(one));
    counts.push(Number((row as { there: number }).there));
  }
  return counts;
}

function thereSql({ salvaged, stage: from, table }: StagedTable): string {
  if (salvaged.key.length > 0)
    return `SELECT pg_catalog.count(*) AS there FROM ${from} s WHERE EXISTS
      (SELECT FROM ${quotedTable(table)} t WHERE ${matchOn(salvaged.key)})`;
  return `SELECT pg_catalog.count(*) AS there FROM (${roomSql({ salvaged, stage: from, table })}) s WHERE number > room`;
}

/** Every staged row of a table without a key, numbered among those like it, and how many such rows are missing by now. */
const roomSql = ({ salvaged, stage: from, table }: StagedTable): string =>
  `SELECT s.*, ${contentOf(salvaged.columns, 's.')} AS content,
     pg_catalog.row_number() OVER (PARTITION BY ${contentOf(salvaged.columns, 's.')}) AS number,
     s.${ROWS_ALIKE} - coalesce(alike.rows, 0) AS room
   FROM ${from} s LEFT JOIN (${alikeRows({ ...table, columns: salvaged.columns })}) alike
     ON alike.content = ${contentOf(salvaged.columns, 's.')}`;

export const matchOn = (key: readonly string[]): string =>
  key.map((column) => `t.${quoted(column)} = s.${quoted(column)}`).join(' AND ');

/** Parents before children. Tables that refer to one another go in with one statement: their references are checked at its end. */
async function insertAll(session: Session, staged: readonly StagedTable[]): Promise<ReadonlyMap<number, number>> {
  const numbers = new Map(staged.map(({ table }, index) => [String(table.oid), index]));
  const groups = inOrder(
    staged.map(({ table }) => ({
      name: String(table.oid),
      needs: table.foreignKeys.map(({ refersTo }) => String(refersTo.oid)),
    })),
  );
  const inserted = new Map<number, number>();
  for (const group of groups) {
    const members = group.map((name) => numbers.get(name) as number);
    const [row] = await session.query<Record<string, number>>(insertSql(staged, members));
    for (const member of members) inserted.set(member, Number(row?.[`n${member}`] ?? 0));
  }
  // Deferred references are checked now, so that their error comes before the receipt is noted.
  await session.query('SET CONSTRAINTS ALL IMMEDIATE');
  return inserted;
}

function insertSql(staged: readonly StagedTable[], members: readonly number[]): string {
  const inserts = members.map((member) => `i${member} AS (${insertOne(staged[member] as StagedTable)} RETURNING 1)`);
  const counts = members.map((member) => `(SELECT pg_catalog.count(*) FROM i${member}) AS n${member}`);
  return `WITH ${inserts.join(', ')} SELECT ${counts.join(', ')}`;
}

function insertOne(one: StagedTable): string {
  const columns = columnList(one.salvaged.columns);
  const into = `INSERT INTO ${quotedTable(one.table)} (${columns}) OVERRIDING SYSTEM VALUE`;
  const otherwise = one.table.uniqueLater ? '' : ' ON CONFLICT DO NOTHING';
  if (one.salvaged.key.length === 0)
    return `${into} SELECT ${columns} FROM (${roomSql(one)}) s WHERE number <= room${otherwise}`;
  const absent = one.table.uniqueLater
    ? ` WHERE NOT EXISTS (SELECT FROM ${quotedTable(one.table)} t WHERE ${matchOn(one.salvaged.key)})`
    : '';
  return `${into} SELECT ${columns} FROM ${one.stage} s${absent}${otherwise}`;
}

async function receiptOf(session: Session): Promise<Receipt> {
  const [row] = await session.query<Receipt>(
    `SELECT pg_catalog.pg_current_xact_id()::text AS xid,
       ${SERVER} AS system`,
  );
  return row as Receipt;
}

/** The one error that needs the data to be understood. */
function explain(error: unknown, what: string): unknown {
  if (pgErrorCode(error) !== FOREIGN_KEY_VIOLATION) return error;
  const known = translatePgError(error, what);
  return new KnownError(
    known.code,
    known.message,
    'A row that the salvaged rows refer to is gone. Nothing was inserted. Bring that row back first, then try again.',
    error,
  );
}

/** What became of a transaction whose end was not seen. */
export async function outcomeOf(
  world: World,
  component: string,
  receipt: Receipt,
): Promise<'committed' | 'aborted' | 'in progress' | 'unknown'> {
  const address = { uri: connectionOf(world, component) };
  return withSession({ address, what: `${component}: ask about transaction ${receipt.xid}` }, async (session) => {
    const [row] = await session.query<{ system: string; status: string | null; known: boolean }>(
      `SELECT ${SERVER} AS system,
         pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::numeric > $1::numeric AS known`,
      [receipt.xid],
    );
    // Another server, or one set back to before that transaction, would give an answer about somebody else's.
    if (row === undefined || row.system !== receipt.system || !row.known) return 'unknown';
    const [found] = await session.query<{ status: 'committed' | 'aborted' | 'in progress' | null }>(
      'SELECT pg_catalog.pg_xact_status($1::xid8) AS status',
      [receipt.xid],
    );
    return found?.status ?? 'unknown';
  });
}
