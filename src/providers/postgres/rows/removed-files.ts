import { formatLsn } from '../../../model/lsn.ts';
import type { RemovedFiles } from '../client-api.ts';
import type { Session } from '../connect.ts';
import type { TransactionEffects } from '../wal/transactions.ts';
import { isListed, tableName } from './names.ts';

interface Here {
  readonly session: Session;
  /** Number of the database in the log. */
  readonly database: number;
  readonly listed: readonly string[];
}

/**
 * Transactions that removed whole files, and the tables that may have lost their rows so: by TRUNCATE when the table has a new
 * file now, by DROP when it is gone. Those that dealt with indexes are left out, and rewrites of tables that still have the file
 * that these made; from an older rewrite a TRUNCATE cannot be told.
 */
export async function removedFiles(here: Here, found: readonly TransactionEffects[]): Promise<readonly RemovedFiles[]> {
  const removing = found.filter(({ droppedFilenodes }) => droppedFilenodes.length > 0);
  if (removing.length === 0) return [];
  const seen: Seen = {
    ...here,
    relations: await relationsOf(
      here.session,
      removing.flatMap(({ locks }) => locks.map(({ relation }) => relation)),
    ),
    made: new Map(
      removing.flatMap(({ createdFilenodes, commitLsn }) => createdFilenodes.map((file) => [file, commitLsn])),
    ),
    types: await fileOfTypes(here.session),
  };
  return removing
    .map((transaction) => ({ transaction, ...lostTables(seen, transaction) }))
    .filter(({ transaction, tables }) => tables.length > 0 || !isExplained(transaction))
    .map(({ transaction, tables, relations }) => ({
      xid: transaction.xid,
      commitLsn: formatLsn(transaction.commitLsn),
      committedAt: transaction.committedAt.toISOString(),
      files: transaction.droppedFilenodes.length,
      tables,
      relations,
    }));
}

interface Live {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly filenode: number | null;
}

interface Seen extends Here {
  /** By number: what of the relations that were locked still exists. */
  readonly relations: ReadonlyMap<number, Live>;
  /** Files that any of these transactions made, and where it committed. */
  readonly made: ReadonlyMap<number, bigint>;
  /** The file of the catalogue of types, in which each table is named. */
  readonly types: number;
}

/** Nobody takes a table's file away without a lock that is in the log, when the log has the transaction from its beginning. */
const isExplained = ({ complete, locks }: TransactionEffects): boolean => complete && locks.length > 0;

/**
 * The position is that of the lock, not of the commit: a side instance that stands in between holds the lock as well, and
 * nobody can read the table there. Nobody else could change it in between either.
 */
function lostTables(seen: Seen, transaction: TransactionEffects): Pick<RemovedFiles, 'tables' | 'relations'> {
  const locks = transaction.locks.filter(({ database }) => database === seen.database);
  const numbers = new Set(locks.map(({ relation }) => relation));
  const own = new Set(transaction.createdFilenodes);
  const replaced = locks.flatMap(({ relation, at }) => {
    const live = seen.relations.get(relation);
    if (live?.kind !== 'r' || !isListed(live, seen.listed)) return [];
    const made = live.filenode === null ? undefined : seen.made.get(live.filenode);
    if (own.size === 0 || made === undefined || made < transaction.commitLsn) return [];
    // A rewrite makes a table beside, whose number names its first file, and takes that file over.
    return numbers.has(live.filenode ?? 0)
      ? []
      : [{ relation, lost: { table: tableName(live), before: formatLsn(at) } }];
  });
  const gone = droppedOnlyIndexes(seen, transaction)
    ? []
    : locks.filter(({ relation }) => !seen.relations.has(relation) && !own.has(relation));
  return {
    tables: [...replaced.map(({ lost }) => lost), ...gone.slice(0, 1).map(({ at }) => ({ before: formatLsn(at) }))],
    relations: [...replaced, ...gone].map(({ relation }) => relation),
  };
}

/** Each table has a type of its own, an index has none. After a rewrite of the catalogue of types this cannot be told. */
function droppedOnlyIndexes({ types, made }: Seen, { relations, complete }: TransactionEffects): boolean {
  const deleted = relations.find(({ filenode }) => filenode === types)?.deleted ?? 0;
  return complete && deleted === 0 && !made.has(types);
}

async function relationsOf(session: Session, numbers: readonly number[]): Promise<ReadonlyMap<number, Live>> {
  const rows = await session.query<Live & { oid: number }>(
    `SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
       pg_catalog.pg_relation_filenode(c.oid)::int8 AS filenode
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = ANY ($1::oid[])`,
    [[...new Set(numbers)]],
  );
  return new Map(rows.map(({ oid, ...live }) => [oid, live]));
}

async function fileOfTypes(session: Session): Promise<number> {
  const [row] = await session.query<{ filenode: number }>(
    `SELECT pg_catalog.pg_relation_filenode('pg_catalog.pg_type')::int8 AS filenode`,
  );
  return (row as { filenode: number }).filenode;
}
