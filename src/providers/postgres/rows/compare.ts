import type { ComparedTable, RowClient } from '../client-api.ts';
import { type Session, withSession } from '../connect.ts';
import { connectionOf, type World } from '../world.ts';
import { LOST } from './classify.ts';
import { alikeRows, contentOf, matchOn, quoted, rowsOf, tableName } from './names.ts';
import { requireSalvage } from './salvage.ts';
import { type StagedTable, stage } from './staged.ts';
import type { ForeignKey } from './tables.ts';

type Request = Parameters<RowClient['compare']>[0];

/** Looks at the live database for every salvaged row. Nothing is kept: the temporary tables are rolled back. */
export async function compareRows(world: World, request: Request): Promise<readonly ComparedTable[]> {
  const salvage = await requireSalvage(world, request.component, request.salvage);
  const address = { uri: connectionOf(world, request.component) };
  const what = `${request.component}: compare the rows`;
  return withSession({ address, what, signal: request.signal }, async (session) => {
    await session.query('BEGIN');
    const staged = await stage(world, session, salvage, request.signal);
    const compared: ComparedTable[] = [];
    for (const one of staged.tables) compared.push(await compareTable(session, one));
    await session.query('ROLLBACK');
    return compared;
  });
}

interface Counts {
  readonly rows: number;
  readonly equal: number;
  readonly missing: number;
}

async function compareTable(session: Session, one: StagedTable): Promise<ComparedTable> {
  const sql = one.key.length > 0 ? keyedSql(one) : countedSql(one);
  const [counts] = await session.query<Counts>(sql);
  const { rows, equal, missing } = counts as Counts;
  let orphans = 0;
  for (const foreignKey of one.table.foreignKeys) orphans += await countOrphans(session, one, foreignKey);
  return { table: tableName(one.table), rows, equal, missing, changed: rows - equal - missing, orphans };
}

/** A row that was changed and is gone now was deleted by somebody since. */
const keyedSql = ({ stage: from, table, key, columns }: StagedTable): string =>
  `SELECT pg_catalog.count(*) AS rows,
     pg_catalog.count(*) FILTER (WHERE t.tableoid IS NULL AND ${LOST}) AS missing,
     pg_catalog.count(*) FILTER (WHERE t.tableoid IS NOT NULL
       AND ${contentOf(columns, 't.')} = ${contentOf(columns, 's.')}) AS equal
   FROM ${from} s LEFT JOIN ${rowsOf(table)} t ON ${matchOn(key)}`;

/** Without a key a changed row cannot be told from a missing one: rows that are alike are counted. */
const countedSql = ({ stage: from, table, columns }: StagedTable): string =>
  `SELECT coalesce(pg_catalog.sum(lost + other), 0)::int8 AS rows,
     coalesce(pg_catalog.sum(back), 0)::int8 AS equal,
     coalesce(pg_catalog.sum(greatest(0, lost - back)), 0)::int8 AS missing
   FROM (SELECT lost, other, greatest(0, least(lost + other, coalesce(alike.rows, 0) - (before - lost - other))) AS back
     FROM (SELECT ${contentOf(columns)} AS content, pg_catalog.count(*) FILTER (WHERE ${LOST}) AS lost,
             pg_catalog.count(*) FILTER (WHERE NOT ${LOST}) AS other,
             pg_catalog.max(lifeboat_alike) AS before FROM ${from} GROUP BY 1) s
     LEFT JOIN (${alikeRows({ ...table, columns })}) alike ON alike.content = s.content) each`;

/** Salvaged rows that exist again and whose reference leads nowhere; a reference with a null in it is none. */
async function countOrphans(session: Session, one: StagedTable, foreignKey: ForeignKey): Promise<number> {
  if (one.key.length === 0) return 0; // nothing tells which rows are ours; PostgreSQL itself checks each at insertion
  const whole = foreignKey.columns.map((column) => `t.${quoted(column)} IS NOT NULL`).join(' AND ');
  const match = foreignKey.columns.map(
    (column, index) => `parent.${quoted(foreignKey.refersToColumns[index] as string)} = t.${quoted(column)}`,
  );
  const [row] = await session.query<{ orphans: number }>(
    `SELECT pg_catalog.count(*) AS orphans
     FROM ${one.stage} s JOIN ${rowsOf(one.table)} t ON ${matchOn(one.key)}
     WHERE ${whole} AND NOT EXISTS
       (SELECT FROM ${rowsOf(foreignKey.refersTo)} parent WHERE ${match.join(' AND ')})`,
  );
  return (row as { orphans: number }).orphans;
}
