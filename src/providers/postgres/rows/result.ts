import { CONFLICT_KINDS, type ConflictKind, type Loaded, type LoadedTable, type RowConflict } from '../client-api.ts';
import type { Session } from '../connect.ts';
import { LOST } from './classify.ts';
import { beginningOf, keyText, tableName } from './names.ts';
import type { StagedTable } from './staged.ts';

/** Conflicts that are named one by one, of each table. All are counted. */
const NAMED = 10_000;

/** What became of each staged row. */
export async function resultOf(
  session: Session,
  staged: readonly StagedTable[],
  notes: readonly string[],
): Promise<Loaded> {
  const tables: LoadedTable[] = [];
  const conflicts: RowConflict[] = [];
  for (const one of staged) {
    tables.push(await countsOf(session, one));
    conflicts.push(...(await conflictsOf(session, one)));
  }
  return { tables, conflicts, notes };
}

async function countsOf(session: Session, { stage, table }: StagedTable): Promise<LoadedTable> {
  const [counts] = await session.query<Omit<LoadedTable, 'table'>>(
    `SELECT pg_catalog.count(*) FILTER (WHERE lifeboat_state = 'inserted') AS inserted,
       pg_catalog.count(*) FILTER (WHERE lifeboat_state = 'back' AND ${LOST}) AS "alreadyThere",
       pg_catalog.count(*) FILTER (WHERE lifeboat_state = 'restored') AS restored,
       pg_catalog.count(*) FILTER (WHERE lifeboat_state = 'back' AND NOT ${LOST}) AS unchanged,
       pg_catalog.count(*) FILTER (WHERE lifeboat_state = ANY ($1)) AS conflicting
     FROM ${stage}`,
    [CONFLICT_KINDS],
  );
  return { table: tableName(table), ...(counts as Omit<LoadedTable, 'table'>) };
}

async function conflictsOf(
  session: Session,
  { stage, table, key, columns }: StagedTable,
): Promise<readonly RowConflict[]> {
  const shown = key.length > 0 ? keyText(key, '') : beginningOf(columns, '');
  const rows = await session.query<{ kind: ConflictKind; row: string; rule: string | null; other: string | null }>(
    `SELECT lifeboat_state AS kind, ${shown} AS row, lifeboat_why AS rule, lifeboat_other AS other
     FROM ${stage} WHERE lifeboat_state = ANY ($1) ORDER BY lifeboat_number LIMIT ${NAMED}`,
    [CONFLICT_KINDS],
  );
  return rows.map(({ kind, row, rule, other }) => ({
    table: tableName(table),
    kind,
    row,
    ...(rule === null ? {} : { rule }),
    ...(other === null ? {} : { other }),
  }));
}
