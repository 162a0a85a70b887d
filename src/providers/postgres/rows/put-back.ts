import type { Session } from '../connect.ts';
import { LOST, markForbidden, reconsider } from './classify.ts';
import { columnList, contentOf, matchOn, quoted, quotedTable, rowsOf } from './names.ts';
import { inOrder } from './order.ts';
import { lockParents, whileQuiet } from './quiet.ts';
import type { StagedTable } from './staged.ts';

/**
 * Puts back what can be put back, over and over: each row that is back may be the parent of another, or have given up a value
 * that another needs. Ends when nothing more comes of it, so a second salvage finds nothing to do.
 */
export async function putBack(
  session: Session,
  staged: readonly StagedTable[],
  quiet: ReadonlySet<StagedTable>,
): Promise<void> {
  for (let again = true; again; ) {
    await lockParents(session, quiet);
    await markForbidden(session, staged);
    const done = (await insertAll(session, staged, quiet)) + (await restoreAll(session, staged, quiet));
    again = done > 0 && (await reconsider(session, staged)) > 0;
  }
}

/** Parents before children. Tables that refer to one another go in with one statement: their references are checked at its end. */
async function insertAll(
  session: Session,
  staged: readonly StagedTable[],
  quiet: ReadonlySet<StagedTable>,
): Promise<number> {
  const byNumber = new Map(staged.map((one) => [String(one.table.oid), one]));
  const groups = inOrder(
    staged.map(({ table }) => ({
      name: String(table.oid),
      needs: table.foreignKeys.map(({ refersTo }) => String(refersTo.oid)),
    })),
  );
  let inserted = 0;
  for (const group of groups) {
    const members: StagedTable[] = [];
    for (const name of group) {
      const one = byNumber.get(name) as StagedTable;
      if (await waits(session, one, LOST)) members.push(one);
    }
    if (members.length === 0) continue;
    const isQuiet = members.some((member) => quiet.has(member));
    await whileQuiet(session, isQuiet, () => session.query(insertSql(members)));
    for (const member of members) inserted += await markInserted(session, member);
  }
  return inserted;
}

/** A statement without rows sets off triggers too. */
async function waits(session: Session, { stage }: StagedTable, kind: string): Promise<boolean> {
  const [row] = await session.query<{ some: boolean }>(
    `SELECT EXISTS (SELECT FROM ${stage} WHERE lifeboat_state IS NULL AND ${kind}) AS some`,
  );
  return row?.some ?? false;
}

function insertSql(members: readonly StagedTable[]): string {
  const inserts = members.map((member, index) => `i${index} AS (${insertOne(member)} RETURNING 1)`);
  return `WITH ${inserts.join(', ')} SELECT`;
}

function insertOne({ table, stage, columns }: StagedTable): string {
  const names = columnList(columns);
  const otherwise = table.uniqueLater ? '' : ' ON CONFLICT DO NOTHING';
  return `INSERT INTO ${quotedTable(table)} (${names}) OVERRIDING SYSTEM VALUE
    SELECT ${names} FROM ${stage} WHERE lifeboat_state IS NULL AND ${LOST}${otherwise}`;
}

/** What was not inserted, an exclusion rule or somebody in this very moment was against. */
async function markInserted(session: Session, one: StagedTable): Promise<number> {
  const [counted] = await session.query<{ rows: number }>(
    `WITH seen AS (UPDATE ${one.stage} s SET lifeboat_state = CASE WHEN ${isOurs(one)} THEN 'inserted' ELSE 'taken' END,
         lifeboat_why = CASE WHEN ${isOurs(one)} THEN NULL ELSE 'another rule' END
       WHERE s.lifeboat_state IS NULL AND ${LOST} RETURNING lifeboat_state)
     SELECT pg_catalog.count(*) AS rows FROM seen WHERE lifeboat_state = 'inserted'`,
  );
  return counted?.rows ?? 0;
}

const OURS = 't.xmin = pg_catalog.pg_current_xact_id()::xid';

/** Rows of a table without a key that are alike meet the same rules: all of them are in, or none. */
const isOurs = (one: StagedTable): string =>
  one.key.length > 0
    ? `EXISTS (SELECT FROM ${rowsOf(one.table)} t WHERE ${OURS} AND ${matchOn(one.key)})`
    : `${contentOf(one.columns, 's.')} IN (SELECT ${contentOf(one.columns, 't.')} FROM ${rowsOf(one.table)} t WHERE ${OURS})`;

async function restoreAll(
  session: Session,
  staged: readonly StagedTable[],
  quiet: ReadonlySet<StagedTable>,
): Promise<number> {
  let restored = 0;
  for (const one of staged) {
    if (!(await waits(session, one, "lifeboat_kind = 'updated'"))) continue;
    const [counted] = await whileQuiet(session, quiet.has(one), () => session.query<{ rows: number }>(restoreSql(one)));
    restored += counted?.rows ?? 0;
    // Somebody changed it in this very moment.
    await session.query(
      `UPDATE ${one.stage} SET lifeboat_state = 'changed since' WHERE lifeboat_kind = 'updated' AND lifeboat_state IS NULL`,
    );
  }
  return restored;
}

/** Only the very version that was looked at is written over. */
function restoreSql({ table, stage, columns, xids }: StagedTable): string {
  const changeable = columns.filter((column) => !table.alwaysNumbered.includes(column));
  const values = changeable.map((column) => `${quoted(column)} = s.${quoted(column)}`).join(', ');
  const only = table.partitioned ? '' : 'ONLY ';
  return `WITH restored AS (UPDATE ${only}${quotedTable(table)} t SET ${values} FROM ${stage} s
      WHERE s.lifeboat_kind = 'updated' AND s.lifeboat_state IS NULL
        AND t.tableoid = s.lifeboat_at AND t.ctid = s.lifeboat_place AND t.xmin::text = ANY (${xids})
      RETURNING s.lifeboat_number),
    marked AS (UPDATE ${stage} m SET lifeboat_state = 'restored' FROM restored
      WHERE restored.lifeboat_number = m.lifeboat_number RETURNING 1)
    SELECT pg_catalog.count(*) AS rows FROM marked`;
}

/** Sequences that rows which were put back have overtaken go on after them. They are never set back. */
export async function moveSequences(session: Session, staged: readonly StagedTable[]): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const { table, stage, columns } of staged)
    for (const { column, name, descending } of table.sequences) {
      if (!columns.includes(column)) continue;
      const [may] = await session.query<{ allowed: boolean }>(
        `SELECT pg_catalog.has_sequence_privilege($1, 'SELECT') AND pg_catalog.has_sequence_privilege($1, 'UPDATE') AS allowed`,
        [name],
      );
      if (!may?.allowed) {
        notes.push(`the sequence ${name} was not looked at, which takes GRANT SELECT, UPDATE ON SEQUENCE ${name}`);
        continue;
      }
      const [furthest, beyond] = descending ? ['min', '<'] : ['max', '>'];
      const moved = await session.query(
        `SELECT pg_catalog.setval($1::regclass, used.value)
         FROM (SELECT pg_catalog.${furthest}(${quoted(column)})::int8 AS value FROM ${stage} WHERE lifeboat_state = 'inserted') used, ${name} q
         WHERE used.value ${beyond} q.last_value OR (used.value = q.last_value AND NOT q.is_called)`,
        [name],
      );
      if (moved.length > 0) notes.push(`the sequence ${name} goes on after the rows that were put back`);
    }
  return notes;
}
