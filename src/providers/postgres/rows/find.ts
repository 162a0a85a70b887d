import { formatDuration, minutes } from '../../../lib/duration.ts';
import { formatLsn, parseLsn } from '../../../model/lsn.ts';
import type { RecoveryPoint } from '../../../model/recovery-point.ts';
import type { Deletion, DeletionSearch, RowClient, TableRows } from '../client-api.ts';
import { type Session, withSession } from '../connect.ts';
import { archiveUpTo } from '../stream/archive.ts';
import { deletedTuples } from '../wal/deleted-tuples.ts';
import { scanTransactions, type TransactionEffects } from '../wal/transactions.ts';
import { connectionOf, database, type World } from '../world.ts';
import { isListed, tableName } from './names.ts';
import { type Line, lineOf, physicalPoints, readLine } from './read-log.ts';
import { databaseNumber, type Relation, tablesOfFiles } from './tables.ts';

type Request = Parameters<RowClient['findDeletions']>[0];

/** How many of the largest deletions are counted exactly; smaller ones are only listed. */
const COUNTED_EXACTLY = 3;

/** Reads the log for committed transactions that deleted rows of the component's tables. */
export async function findDeletions(world: World, request: Request): Promise<DeletionSearch> {
  const address = { uri: connectionOf(world, request.component) };
  const what = `${request.component}: look for deleted rows`;
  return withSession({ address, what, signal: request.signal }, async (session) => {
    const point = await newestLog(world, request, session);
    const line = await lineOf(world, point);
    request.log(`reading the log since the backup ${point.backup} of ${point.from}`);
    const found = await scanTransactions(readLine(world, line), {
      from: request.since,
      onlyDestructive: true,
      segmentBytes: line.segmentBytes,
    });
    const wanted = request.xid === undefined ? found : found.filter(({ xid }) => xid === request.xid);
    const search: Search = { world, line, session, listed: database(world, request.component).tables };
    return { ...(await judge(search, wanted)), since: later(point.from, request.since) };
  });
}

const later = (iso: string, date: Date): string => new Date(Math.max(Date.parse(iso), date.getTime())).toISOString();

/** The point whose log holds all that has happened up to now, from the newest backup before the span that is searched. */
async function newestLog(world: World, request: Request, session: Session): Promise<RecoveryPoint> {
  const [at] = await session.query<{ position: string }>('SELECT pg_current_wal_flush_lsn()::text AS position');
  const position = parseLsn((at as { position: string }).position);
  const timeout = minutes(2);
  request.log(`bringing the log up to ${formatLsn(position)} into the repository (at most ${formatDuration(timeout)})`);
  const received = await archiveUpTo({
    connection: connectionOf(world, request.component),
    repository: world.repository,
    component: request.component,
    clock: world.clock,
    signal: request.signal,
    position,
    timeout,
  });
  const all = await physicalPoints(world, request.component);
  const whole = all
    .filter(({ log }) => log?.system === received.system && log.timeline === received.timeline)
    .filter(({ log }) => log !== undefined && parseLsn(log.to) >= position)
    .sort((a, b) => Date.parse(b.from) - Date.parse(a.from));
  const before = whole.find(({ from }) => Date.parse(from) <= request.since.getTime());
  // Nothing reaches the newest log: the catalogue says what there is instead.
  return before ?? whole.at(-1) ?? world.catalog.choosePoint(all, { kind: 'lsn', lsn: position });
}

interface Search {
  readonly world: World;
  readonly line: Line;
  readonly session: Session;
  readonly listed: readonly string[];
}

async function judge(search: Search, found: readonly TransactionEffects[]): Promise<Omit<DeletionSearch, 'since'>> {
  const number = await databaseNumber(search.session);
  const here = found.filter(({ database: other }) => other === number || other === 0);
  const files = here.flatMap((transaction) => transaction.relations);
  const tables = await tablesOfFiles(search.session, files);
  const deletions = here
    .map((transaction) => deletionOf(transaction, tables))
    .filter((deletion) => deletion.tables.some(({ relation, rows }) => rows > 0 && isListed(relation, search.listed)))
    .sort((a, b) => b.rows - a.rows);
  const removedFiles = here
    .filter(({ droppedFilenodes }) => droppedFilenodes.length > 0)
    .map(({ xid, committedAt, droppedFilenodes }) => ({
      xid,
      committedAt: committedAt.toISOString(),
      files: droppedFilenodes.length,
    }));
  const exact: Deletion[] = [];
  for (const [index, deletion] of deletions.entries())
    exact.push(index < COUNTED_EXACTLY ? await countExactly(search, deletion, tables) : plain(deletion));
  return { deletions: exact.filter(({ rows }) => rows > 0).sort((a, b) => b.rows - a.rows), removedFiles };
}

interface Found extends Omit<Deletion, 'tables'> {
  readonly tables: readonly { readonly relation: Relation; readonly rows: number }[];
}

function deletionOf(transaction: TransactionEffects, tables: ReadonlyMap<number, Relation>): Found {
  const mapped = transaction.relations.flatMap((effects) => {
    const relation = tables.get(effects.filenode);
    return relation === undefined ? [] : [{ relation, rows: effects.deleted, updated: effects.updated }];
  });
  return {
    xid: transaction.xid,
    commitLsn: formatLsn(transaction.commitLsn),
    committedAt: transaction.committedAt.toISOString(),
    rows: mapped.reduce((sum, { rows }) => sum + rows, 0),
    updatedRows: mapped.reduce((sum, { updated }) => sum + updated, 0),
    tables: mapped.filter(({ rows }) => rows > 0),
  };
}

const plain = (deletion: Found): Deletion => ({
  ...deletion,
  tables: deletion.tables.map(({ relation, rows }) => ({ table: tableName(relation), rows })),
});

/** Rows that were inserted and deleted within the transaction are in the log too, and were never lost. */
async function countExactly(search: Search, deletion: Found, tables: ReadonlyMap<number, Relation>): Promise<Deletion> {
  const { world, line } = search;
  const source = readLine(world, line, parseLsn(deletion.commitLsn));
  const tuples = await deletedTuples(source, deletion.xid, { segmentBytes: line.segmentBytes });
  const counted: TableRows[] = [...tuples].flatMap(([filenode, rows]) => {
    const relation = tables.get(filenode);
    return relation === undefined || rows.length === 0 ? [] : [{ table: tableName(relation), rows: rows.length }];
  });
  counted.sort((a, b) => b.rows - a.rows);
  return { ...plain(deletion), tables: counted, rows: counted.reduce((sum, { rows }) => sum + rows, 0) };
}
