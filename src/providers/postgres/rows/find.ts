import { formatDuration, minutes } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { formatLsn, parseLsn } from '../../../model/lsn.ts';
import type { RecoveryPoint } from '../../../model/recovery-point.ts';
import type { Deletion, DeletionSearch, RowClient, TableRows } from '../client-api.ts';
import { type Session, withSession } from '../connect.ts';
import { archiveUpTo } from '../stream/archive.ts';
import { deletedTuples } from '../wal/deleted-tuples.ts';
import { scanTransactions, type TransactionEffects } from '../wal/transactions.ts';
import { connectionOf, database, type World } from '../world.ts';
import { DUMPS_HELP } from './choose.ts';
import { isListed, tableName } from './names.ts';
import { consistentFrom, type Line, lineOf, olderPoints, physicalPoints, readLine } from './read-log.ts';
import { removedFiles } from './removed-files.ts';
import { databaseNumber, type Relation, tablesOfFiles } from './tables.ts';

type Request = Parameters<RowClient['findDeletions']>[0];

/** How many of the largest deletions are counted exactly; smaller ones are only listed. */
const COUNTED_EXACTLY = 3;

/** Reads the log for committed transactions that deleted rows of the component's tables. */
export async function findDeletions(world: World, request: Request): Promise<DeletionSearch> {
  const address = { uri: connectionOf(world, request.component) };
  const what = `${request.component}: look for deleted rows`;
  await requireBaseBackup(world, request.component);
  return withSession({ address, what, signal: request.signal }, async (session) => {
    const points = await pointsToRead(world, request, session);
    const ours = await databaseNumber(session);
    const { point, line, found } = await scanWhole({ world, request, points, ours });
    const { tables: listed } = database(world, request.component);
    const search: Search = { world, line, session, listed, ours, anyChange: request.anyChange ?? false };
    const wanted = request.xid === undefined ? found : found.filter(({ xid }) => xid === request.xid);
    return {
      ...(await judge(search, wanted)),
      removedFiles: (await removedFiles({ ...search, database: ours }, found)).filter(
        ({ xid }) => request.xid === undefined || xid === request.xid,
      ),
      since: later(point.from, request.since),
      reachesBack: Date.parse(point.from) <= request.since.getTime(),
    };
  });
}

const later = (iso: string, date: Date): string => new Date(Math.max(Date.parse(iso), date.getTime())).toISOString();

/** The log tells what was deleted only to whom has the database from before. */
async function requireBaseBackup(world: World, component: string): Promise<void> {
  const points = await world.catalog.points(component);
  if (points.some(({ method }) => method !== 'postgres.dump')) return;
  throw new KnownError(
    'POINT_NOT_FOUND',
    `${component}: there is no base backup, and without one from before the deletion nothing can be taken from the log`,
    points.length > 0
      ? DUMPS_HELP
      : 'There is no dump either. Look for other copies of the rows: a replica, an export, a snapshot of the disk.',
  );
}

/** Points whose log holds all that has happened up to now: from the newest backup before the span that is searched, and older. */
async function pointsToRead(world: World, request: Request, session: Session): Promise<readonly RecoveryPoint[]> {
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
  // Nothing reaches the newest log: the catalogue says what there is instead.
  const first =
    whole.find(({ from }) => Date.parse(from) <= request.since.getTime()) ??
    whole.at(-1) ??
    world.catalog.choosePoint(all, { kind: 'lsn', lsn: position });
  return [first, ...olderPoints(all, first, position)];
}

interface Scanning {
  readonly world: World;
  readonly request: Request;
  readonly points: readonly RecoveryPoint[];
  readonly ours: number;
}

interface Scanned {
  readonly point: RecoveryPoint;
  readonly line: Line;
  readonly found: readonly TransactionEffects[];
}

/**
 * Of a transaction that was open when the base backup began, the log since then has only the end. The log from an older base
 * backup has all of it; the oldest one is what remains.
 */
async function scanWhole({ world, request, points, ours }: Scanning): Promise<Scanned> {
  let scanned: Scanned | undefined;
  for (const point of points) {
    const line = await lineOf(world, point);
    request.log(`reading the log since the backup ${point.backup} of ${point.from}`);
    const all = await scanTransactions(readLine(world, line), {
      from: request.since,
      onlyDestructive: true,
      ...(request.anyChange && request.xid !== undefined ? { alsoXid: request.xid } : {}),
      segmentBytes: line.segmentBytes,
    });
    const found = all
      .filter(({ database: other }) => other === ours || other === 0)
      // To before these one cannot return, and they end before the span begins that is said to be searched.
      .filter(({ complete, commitLsn }) => complete || commitLsn >= consistentFrom(line));
    scanned = { point, line, found };
    const cut = found.filter(({ complete, xid }) => !complete && (request.xid ?? xid) === xid);
    if (cut.length === 0) break;
    const xids = cut.map(({ xid }) => xid).join(', ');
    request.log(`open when the backup ${point.backup} began, so the log since then has only their end: ${xids}`);
  }
  return scanned as Scanned;
}

interface Search {
  readonly world: World;
  readonly line: Line;
  readonly session: Session;
  readonly listed: readonly string[];
  readonly ours: number;
  readonly anyChange: boolean;
}

type Judged = Pick<DeletionSearch, 'deletions' | 'incomplete'>;

async function judge(search: Search, found: readonly TransactionEffects[]): Promise<Judged> {
  const files = found.flatMap((transaction) => transaction.relations);
  const tables = await tablesOfFiles(search.session, files);
  const counted = found.map((transaction) => ({ transaction, deletion: deletionOf(transaction, tables) }));
  const deletions = counted
    .filter(({ transaction }) => transaction.complete)
    .map(({ deletion }) => deletion)
    .filter((deletion) => listedRows(search, deletion) > 0 || listedChanges(search, deletion) > 0)
    .sort((a, b) => b.rows - a.rows);
  const incomplete = counted
    .filter(({ transaction }) => !transaction.complete)
    .map(({ deletion }) => ({
      xid: deletion.xid,
      commitLsn: deletion.commitLsn,
      committedAt: deletion.committedAt,
      rows: listedRows(search, deletion),
    }));
  const exact: Deletion[] = [];
  for (const [index, deletion] of deletions.entries())
    exact.push(index < COUNTED_EXACTLY ? await countExactly(search, deletion, tables) : plain(deletion));
  return {
    deletions: exact
      .filter(({ rows, updatedRows }) => rows > 0 || (search.anyChange && updatedRows > 0))
      .sort((a, b) => b.rows - a.rows),
    incomplete,
  };
}

const listedRows = ({ listed }: Search, { tables }: Found): number =>
  tables.filter(({ relation }) => isListed(relation, listed)).reduce((sum, { rows }) => sum + rows, 0);

const listedChanges = ({ listed, anyChange }: Search, { changed }: Found): number =>
  anyChange ? changed.filter((relation) => isListed(relation, listed)).length : 0;

interface Found extends Omit<Deletion, 'tables'> {
  readonly tables: readonly { readonly relation: Relation; readonly rows: number }[];
  readonly changed: readonly Relation[];
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
    changed: mapped.filter(({ updated }) => updated > 0).map(({ relation }) => relation),
  };
}

const plain = ({ changed: _named, ...deletion }: Found): Deletion => ({
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
