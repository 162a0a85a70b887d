import { createHash } from 'node:crypto';
import { to as copyTo } from 'pg-copy-streams';
import { KnownError } from '../../../model/errors.ts';
import { parseLsn } from '../../../model/lsn.ts';
import type { RecoveryPoint } from '../../../model/recovery-point.ts';
import type { BackupWriter } from '../../../model/repository.ts';
import type { RowClient, Salvage } from '../client-api.ts';
import { type Session, withSession } from '../connect.ts';
import { backupId } from '../ids.ts';
import { type SidePlace, sideAddress, sidePlace } from '../instance/side.ts';
import { deletedTuples, type TuplePosition } from '../wal/deleted-tuples.ts';
import type { World } from '../world.ts';
import { alikeRows, columnList, contentOf, quotedTable, tableName } from './names.ts';
import { lineOf, olderPoints, physicalPoints, readLine } from './read-log.ts';
import { describeSalvage, findSalvage, type SalvagedTable, type SalvageFacts } from './salvage.ts';
import { describeTable, type Table, tablesOfFiles } from './tables.ts';

type Request = Parameters<RowClient['extract']>[0];

/** Row versions asked for in one query. */
const BATCH = 5000;

/** Stores exactly the rows that a transaction deleted, as they stand in the side instance, into the repository. */
export async function extractRows(world: World, request: Request): Promise<Salvage> {
  const known = await findSalvage(world, request.component, { key: request.key });
  if (known !== undefined) return describeSalvage(known);
  const place = await sidePlace(world, request.instance);
  const tuples = await deletedThere(world, request, place);
  const what = `${request.instance}: read the deleted rows`;
  const address = sideAddress(world, request.component, place);
  return withSession({ address, what, signal: request.signal, readOnly: true }, async (session) => {
    await requireRightPlace(session, request);
    const wanted = await tablesToRead(session, tuples);
    if (wanted.length === 0) throw nothingDeleted(request);
    return store(world, request, { session, place, wanted });
  });
}

type Tuples = Awaited<ReturnType<typeof deletedTuples>>;

/**
 * Read from the log that the side instance was made from; when that has only the end of the transaction, which was open when
 * the base backup began, from an older one. The places of rows are the same in both.
 */
async function deletedThere(world: World, request: Request, place: SidePlace): Promise<Tuples> {
  const points = await physicalPoints(world, request.component);
  const commit = parseLsn(request.commitLsn);
  const used = pointUsed(world, points, { commit, place });
  let refused: unknown;
  for (const point of [used, ...olderPoints(points, used, commit)]) {
    const line = await lineOf(world, point);
    try {
      return await deletedTuples(readLine(world, line, commit), request.xid, { segmentBytes: line.segmentBytes });
    } catch (error) {
      if (!(error instanceof KnownError) || error.code !== 'LOG_GAP') throw error;
      refused ??= error;
    }
  }
  throw refused;
}

function pointUsed(
  world: World,
  points: readonly RecoveryPoint[],
  { commit, place }: { commit: bigint; place: SidePlace },
): RecoveryPoint {
  const fitting = points.filter(({ backup, log }) => backup === place.marker.backup && log !== undefined);
  const point = fitting.find(({ log }) => log?.timeline === place.marker.timeline && parseLsn(log.to) >= commit);
  return point ?? world.catalog.choosePoint(points, { kind: 'lsn', lsn: commit });
}

/** Rows can be read as they were only while the transaction has not committed there. */
async function requireRightPlace(session: Session, { instance, xid, commitLsn }: Request): Promise<void> {
  const [at] = await session.query<{ position: string | null; paused: string }>(
    'SELECT pg_last_wal_replay_lsn()::text AS position, pg_get_wal_replay_pause_state() AS paused',
  );
  if (at?.paused === 'paused' && at.position !== null && parseLsn(at.position) <= parseLsn(commitLsn)) return;
  throw new KnownError(
    'TARGET_FAILED',
    `${instance} does not stand just before transaction ${xid} (${commitLsn}), but at ${at?.position}`,
    'Restore a side instance with before_xid or commit_lsn of that transaction.',
  );
}

interface Wanted {
  readonly table: Table;
  readonly rows: readonly TuplePosition[];
}

async function tablesToRead(
  session: Session,
  tuples: ReadonlyMap<number, readonly TuplePosition[]>,
): Promise<readonly Wanted[]> {
  const files = [...tuples].filter(([, rows]) => rows.length > 0).map(([filenode]) => filenode);
  const relations = await tablesOfFiles(session, await withTablespaces(session, files));
  const wanted: Wanted[] = [];
  for (const [filenode, relation] of relations) {
    const table = await describeTable(session, relation);
    if (table !== undefined) wanted.push({ table, rows: tuples.get(filenode) ?? [] });
  }
  return wanted.sort((a, b) => tableName(a.table).localeCompare(tableName(b.table)));
}

/** A file is looked up by tablespace and number; numbers are unique only within a tablespace, so the one in use here is asked for. */
async function withTablespaces(
  session: Session,
  files: readonly number[],
): Promise<readonly { tablespace: number; filenode: number }[]> {
  return session.query(
    `SELECT c.reltablespace::int8 AS tablespace, pg_catalog.pg_relation_filenode(c.oid)::int8 AS filenode
     FROM pg_catalog.pg_class c
     WHERE c.relkind = 'r' AND pg_catalog.pg_relation_filenode(c.oid) = ANY ($1::oid[])`,
    [files],
  );
}

interface Reading {
  readonly session: Session;
  readonly place: SidePlace;
  readonly wanted: readonly Wanted[];
}

async function store(world: World, request: Request, reading: Reading): Promise<Salvage> {
  const startedAt = world.clock.now();
  const { component, key, xid, commitLsn } = request;
  const id = backupId('salvage', startedAt, key);
  const writer = await world.repository.begin({ id, component, method: 'postgres.salvage', startedAt, key });
  try {
    const encoding = await matchEncoding(reading.session);
    const tables: SalvagedTable[] = [];
    for (const [index, wanted] of reading.wanted.entries())
      tables.push(await storeTable(reading.session, writer, wanted, `${index}.copy`));
    const { system, backup } = reading.place.marker;
    const facts: SalvageFacts = { system, xid, commitLsn, backup, encoding, tables };
    const manifest = await writer.commit(facts, world.clock.now());
    return describeSalvage({ manifest, facts });
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Text is carried in the encoding of the database itself: nothing is converted, so nothing can fail to be. */
export async function matchEncoding(session: Session): Promise<string> {
  const [row] = await session.query<{ encoding: string }>(
    "SELECT pg_catalog.set_config('client_encoding', pg_catalog.getdatabaseencoding(), false) AS encoding",
  );
  return (row as { encoding: string }).encoding;
}

async function storeTable(
  session: Session,
  writer: BackupWriter,
  { table, rows }: Wanted,
  partName: string,
): Promise<SalvagedTable> {
  const part = await writer.part(partName);
  const hash = createHash('sha256');
  let read = 0;
  for (let from = 0; from < rows.length; from += BATCH) {
    const copy = session.client.query(copyTo(copySql(table, rows.slice(from, from + BATCH))));
    for await (const bytes of copy as AsyncIterable<Buffer>) {
      hash.update(bytes);
      await part.write(bytes);
    }
    read += copy.rowCount;
  }
  await part.end();
  if (read !== rows.length) throw rowsDiffer(table, read, rows.length);
  const { schema, name, columns, key } = table;
  return { schema, name, part: partName, columns: [...columns], key: [...key], rows: read, sha256: hash.digest('hex') };
}

/**
 * Positions are numbers that we read from the log ourselves, so they may stand in the text: COPY takes no parameters.
 * Rows of a table without a key are told apart by counting: each carries how many rows like it there were.
 */
function copySql(table: Table, rows: readonly TuplePosition[]): string {
  const positions = rows.map(({ block, offset }) => `"(${block},${offset})"`).join(',');
  const here = `t.ctid = ANY ('{${positions}}'::tid[])`;
  const columns = columnList(table.columns, 't.');
  if (table.key.length > 0) return `COPY (SELECT ${columns} FROM ONLY ${quotedTable(table)} t WHERE ${here}) TO STDOUT`;
  return `COPY (SELECT ${columns}, alike.rows FROM ONLY ${quotedTable(table)} t
    JOIN (${alikeRows(table)}) alike ON alike.content = ${contentOf(table.columns, 't.')}
    WHERE ${here}) TO STDOUT`;
}

const rowsDiffer = (table: Table, read: number, deleted: number): KnownError =>
  new KnownError(
    'VERIFICATION_FAILED',
    `${tableName(table)}: the log says that ${deleted} rows were deleted, and ${read} were found`,
    'Nothing was stored. The side instance does not stand where it should: discard it and restore again.',
  );

const nothingDeleted = ({ xid, commitLsn }: Request): KnownError =>
  new KnownError(
    'TARGET_FAILED',
    `transaction ${xid} (${commitLsn}) deleted no row of any table that exists just before it`,
    'Look again with postgres.find_deletion.',
  );
