import type { Session } from '../connect.ts';
import { alikeRows, beginningOf, contentOf, keyText, matchOn, quoted, rowsOf } from './names.ts';
import type { StagedTable } from './staged.ts';
import type { ForeignKey, UniqueRule } from './tables.ts';

/*
 * What becomes of a salvaged row stands in lifeboat_state of the stage. Null: it can be put back. `back`: it is there already.
 * A conflict: why it cannot. `inserted` and `restored`: it was put back just now.
 */

/** Rows that were lost; the others are there, and different. */
export const LOST = "lifeboat_kind IN ('deleted', 'whole')";

/** Conflicts that can vanish when other rows are put back. */
const PASSING = "lifeboat_state IN ('taken', 'no parent')";

/** Which rows are there already, which were written again since, and where the changed ones are. Looked at once. */
export async function markWhatIsThere(session: Session, staged: readonly StagedTable[]): Promise<void> {
  for (const one of staged) {
    await session.query(findChanged(one));
    await session.query(one.key.length > 0 ? markByKey(one) : markByCount(one));
    await session.query(markUnfound(one));
    await session.query(
      `UPDATE ${one.stage} SET lifeboat_state = 'moved' WHERE lifeboat_kind = 'moved' AND lifeboat_state IS NULL`,
    );
    if (one.table.referenced.length > 0) await session.query(markKeyChanged(one));
  }
}

/**
 * A version that the transaction left is told by its place and its writer: nobody has changed the row since. It needs no key, and
 * no look at the values. After a rewrite of the table places are others; then the key finds it, and the writer tells the same.
 */
const findChanged = (one: StagedTable): string =>
  `UPDATE ${one.stage} s SET lifeboat_place = t.ctid, lifeboat_at = t.tableoid, lifeboat_state = ${backIfAlike(one)}
   FROM ${rowsOf(one.table)} t
   WHERE s.lifeboat_kind = 'updated' AND t.tableoid = s.lifeboat_leaf AND t.ctid = s.lifeboat_now
     AND t.xmin::text = ANY (${one.xids})`;

const backIfAlike = (one: StagedTable): string =>
  `CASE WHEN ${contentOf(one.columns, 't.')} = ${contentOf(one.columns, 's.')} THEN 'back' END`;

const markByKey = (one: StagedTable): string =>
  `UPDATE ${one.stage} s SET
     lifeboat_state = CASE WHEN s.lifeboat_kind <> 'updated' THEN 'back'
       WHEN ${contentOf(one.columns, 't.')} = ${contentOf(one.columns, 's.')} THEN 'back'
       WHEN t.xmin::text = ANY (${one.xids}) THEN NULL ELSE 'changed since' END,
     lifeboat_place = CASE WHEN t.xmin::text = ANY (${one.xids}) THEN t.ctid END, lifeboat_at = t.tableoid
   FROM ${rowsOf(one.table)} t
   WHERE s.lifeboat_place IS NULL AND ${matchOn(one.key)}`;

/** Every row is numbered among those like it; as many can be put back as are missing, and the others are there. */
const markByCount = (one: StagedTable): string =>
  `UPDATE ${one.stage} s SET lifeboat_state = 'back'
   FROM (SELECT w.lifeboat_number, pg_catalog.row_number() OVER (PARTITION BY w.content
             ORDER BY w.lifeboat_kind = 'updated', w.lifeboat_number) AS number,
           w.lifeboat_alike - coalesce(alike.rows, 0) - w.found AS room
         FROM (SELECT lifeboat_number, lifeboat_kind, lifeboat_alike, lifeboat_place, lifeboat_state, content,
                 pg_catalog.count(*) FILTER (WHERE lifeboat_place IS NOT NULL AND lifeboat_state IS NULL)
                   OVER (PARTITION BY content) AS found
               FROM (SELECT *, ${contentOf(one.columns)} AS content FROM ${one.stage}) c) w
         LEFT JOIN (${alikeRows({ ...one.table, columns: one.columns })}) alike ON alike.content = w.content
         WHERE w.lifeboat_place IS NULL) numbered
   WHERE numbered.lifeboat_number = s.lifeboat_number AND numbered.number > numbered.room`;

/** A changed row that is not where it was left, and not alike: without a key it cannot be told whether it is gone. */
const markUnfound = (one: StagedTable): string =>
  `UPDATE ${one.stage} SET lifeboat_state = '${one.key.length > 0 ? 'deleted since' : 'changed since'}'
   WHERE lifeboat_kind = 'updated' AND lifeboat_place IS NULL AND lifeboat_state IS NULL`;

/** Other rows may point at the new value by now: to put the old one back would change them, or leave them pointing nowhere. */
const markKeyChanged = (one: StagedTable): string => {
  const referenced = one.table.referenced.filter((column) => one.columns.includes(column));
  const differs = referenced.map((column) => `t.${quoted(column)}::text IS DISTINCT FROM s.${quoted(column)}::text`);
  if (differs.length === 0) return 'SELECT';
  return `UPDATE ${one.stage} s SET lifeboat_state = 'key changed', lifeboat_other = ${keyText(referenced, 't.')}
    FROM ${rowsOf(one.table)} t
    WHERE s.lifeboat_state IS NULL AND s.lifeboat_place IS NOT NULL
      AND t.tableoid = s.lifeboat_at AND t.ctid = s.lifeboat_place AND (${differs.join(' OR ')})`;
};

/** Marks what the rules of the database forbid as it stands now: unique values that are taken, references that lead nowhere. */
export async function markForbidden(session: Session, staged: readonly StagedTable[]): Promise<void> {
  for (const one of staged) {
    for (const rule of rulesOf(one)) await session.query(markTaken(one, rule), [rule.name]);
  }
  for (let more = true; more; ) {
    more = false;
    // A row without a parent is a parent that is missing.
    for (const one of staged)
      for (const foreignKey of one.table.foreignKeys)
        if ((await markOrphans(session, one, { foreignKey, staged })) > 0) more = true;
  }
}

/** Forgets what may be different now that other rows are back. Returns for how many rows. */
export async function reconsider(session: Session, staged: readonly StagedTable[]): Promise<number> {
  let rows = 0;
  for (const { stage } of staged) {
    const [counted] = await session.query<{ rows: number }>(
      `WITH again AS (UPDATE ${stage} SET lifeboat_state = NULL, lifeboat_why = NULL, lifeboat_other = NULL
         WHERE ${PASSING} RETURNING 1) SELECT pg_catalog.count(*) AS rows FROM again`,
    );
    rows += counted?.rows ?? 0;
  }
  return rows;
}

/** A changed row may have got another key, and another row the old one since. */
function rulesOf({ table, key, columns }: StagedTable): readonly UniqueRule[] {
  const usable = table.uniqueRules;
  if (key.length === 0 || !key.every((column) => columns.includes(column))) return usable;
  const ofKey = { name: 'the key', expressions: key.map(quoted), predicate: null, nullsAreEqual: false };
  return [ofKey, ...usable];
}

/** Expressions and predicates name columns plainly, so each side is worked out where only its own columns are to be seen. */
function markTaken({ stage, table, key, columns }: StagedTable, rule: UniqueRule): string {
  const values = rule.expressions.map((expression, index) => `(${expression}) AS v${index}`).join(', ');
  const where = rule.predicate === null ? 'true' : `(${rule.predicate})`;
  const equal = rule.nullsAreEqual ? 'IS NOT DISTINCT FROM' : '=';
  const match = rule.expressions.map((_, index) => `o.v${index} ${equal} w.v${index}`).join(' AND ');
  const shown = key.length > 0 ? keyText(key, 't.') : beginningOf(columns, 't.');
  return `UPDATE ${stage} s SET lifeboat_state = 'taken', lifeboat_why = $1, lifeboat_other = taken.other
    FROM (SELECT w.lifeboat_number, pg_catalog.min(o.shown) AS other
      FROM (SELECT lifeboat_number, lifeboat_at, lifeboat_place, ${values} FROM ${stage}
            WHERE lifeboat_state IS NULL AND ${where}) w
      JOIN (SELECT t.tableoid AS at, t.ctid AS place, ${shown} AS shown, ${values} FROM ${rowsOf(table)} t WHERE ${where}) o
        ON ${match}
      WHERE w.lifeboat_place IS NULL OR o.place <> w.lifeboat_place OR o.at <> w.lifeboat_at
      GROUP BY w.lifeboat_number) taken
    WHERE taken.lifeboat_number = s.lifeboat_number`;
}

async function markOrphans(
  session: Session,
  one: StagedTable,
  { foreignKey, staged }: { foreignKey: ForeignKey; staged: readonly StagedTable[] },
): Promise<number> {
  // What a column that was added since refers to, its default decides.
  if (!foreignKey.columns.every((column) => one.columns.includes(column))) return 0;
  const parents = staged.filter(({ table }) => table.oid === foreignKey.refersTo.oid);
  const among = parents.map(
    ({ stage }) =>
      `AND NOT EXISTS (SELECT FROM ${stage} q WHERE q.lifeboat_state IS NULL AND ${refersTo(foreignKey, 'q')})`,
  );
  const [counted] = await session.query<{ rows: number }>(
    `WITH orphans AS (UPDATE ${one.stage} s
       SET lifeboat_state = 'no parent', lifeboat_why = $1, lifeboat_other = ${keyText(foreignKey.columns, 's.')}
       WHERE s.lifeboat_state IS NULL AND ${foreignKey.columns.map((column) => `s.${quoted(column)} IS NOT NULL`).join(' AND ')}
         AND NOT EXISTS (SELECT FROM ${rowsOf(foreignKey.refersTo)} p WHERE ${refersTo(foreignKey, 'p')}) ${among.join(' ')}
       RETURNING 1) SELECT pg_catalog.count(*) AS rows FROM orphans`,
    [foreignKey.name],
  );
  return counted?.rows ?? 0;
}

const refersTo = ({ columns, refersToColumns }: ForeignKey, parent: string): string =>
  columns
    .map((column, index) => `${parent}.${quoted(refersToColumns[index] as string)} = s.${quoted(column)}`)
    .join(' AND ');
