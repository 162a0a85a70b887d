import { KnownError } from '../../../model/errors.ts';
import { parseLsn } from '../../../model/lsn.ts';
import type { RecoveryPoint } from '../../../model/recovery-point.ts';
import type { RowClient, Salvage } from '../client-api.ts';
import { type Session, withSession } from '../connect.ts';
import { type SidePlace, sideAddress, sidePlace } from '../instance/side.ts';
import { changedTuples, type TransactionTuples } from '../wal/deleted-tuples.ts';
import type { World } from '../world.ts';
import { tableName } from './names.ts';
import { lineOf, olderPoints, physicalPoints, readLine } from './read-log.ts';
import { describeSalvage, findSalvage } from './salvage.ts';
import type { WantedRows } from './store-rows.ts';
import { storeSalvage } from './store-salvage.ts';
import { describeTables, tablesOfFiles } from './tables.ts';

type Request = Parameters<RowClient['extract']>[0];

/** Stores exactly the rows that a transaction deleted, and changed, as they stand in the side instance, into the repository. */
export async function extractRows(world: World, request: Request): Promise<Salvage> {
  const known = await findSalvage(world, request.component, { key: request.key });
  if (known !== undefined) return describeSalvage(known);
  const place = await sidePlace(world, request.instance);
  const tuples = await changedThere(world, request, place);
  const what = `${request.instance}: read the deleted rows`;
  const address = sideAddress(world, request.component, place);
  return withSession({ address, what, signal: request.signal, readOnly: true }, async (session) => {
    await requireRightPlace(session, request);
    const wanted = await rowsToRead(session, tuples, request);
    if (wanted.length === 0) throw nothingDeleted(request);
    const { xid, commitLsn } = request;
    return storeSalvage(world, request, { session, place, wanted, facts: { xid, commitLsn, xids: [...tuples.xids] } });
  });
}

/**
 * Read from the log that the side instance was made from; when that has only the end of the transaction, which was open when
 * the base backup began, from an older one. The places of rows are the same in both.
 */
async function changedThere(world: World, request: Request, place: SidePlace): Promise<TransactionTuples> {
  const points = await physicalPoints(world, request.component);
  const commit = parseLsn(request.commitLsn);
  const used = pointUsed(world, points, { commit, place });
  let refused: unknown;
  for (const point of [used, ...olderPoints(points, used, commit)]) {
    const line = await lineOf(world, point);
    try {
      return await changedTuples(readLine(world, line, commit), request.xid, { segmentBytes: line.segmentBytes });
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

/** What is stored of each table; of changed rows only where that is asked for. */
async function rowsToRead(
  session: Session,
  { tables }: TransactionTuples,
  { updated }: Request,
): Promise<readonly WantedRows[]> {
  const relations = await tablesOfFiles(session, await withTablespaces(session, [...tables.keys()]));
  const described = await describeTables(
    session,
    [...relations.values()].map(({ oid }) => oid),
  );
  const roots = await describeTables(
    session,
    [...described.values()].flatMap(({ root }) => (root === undefined ? [] : [root])),
  );
  const wanted: WantedRows[] = [];
  for (const [filenode, { oid }] of relations) {
    const table = described.get(oid);
    const changed = tables.get(filenode);
    if (table === undefined || changed === undefined) continue;
    const root = table.root === undefined ? undefined : roots.get(table.root);
    const common = { table, ...(root === undefined ? {} : { root }) };
    wanted.push({ ...common, kind: 'deleted', places: changed.deleted });
    wanted.push({ ...common, kind: 'moved', places: changed.moved });
    if (updated) wanted.push({ ...common, kind: 'updated', places: changed.updated });
  }
  return wanted
    .filter(({ places }) => places === undefined || places.length > 0)
    .sort((a, b) => tableName(a.table).localeCompare(tableName(b.table)));
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

const nothingDeleted = ({ xid, commitLsn }: Request): KnownError =>
  new KnownError(
    'TARGET_FAILED',
    `transaction ${xid} (${commitLsn}) changed no row of any table that exists just before it`,
    'Look again with postgres.find_deletion.',
  );
