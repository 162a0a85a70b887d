import { escapeIdentifier } from 'pg';
import type { RowConflict } from '../../../src/providers/postgres/client-api.ts';
import type { Built, BuiltTable } from './build.ts';
import { alike, columnsNow, type Look, type Query, type Row } from './look.ts';

export interface Looks {
  readonly before: Look;
  readonly harmed: Look;
  /** After later writes, right before the salvage. */
  readonly later: Look;
  readonly after: Look;
}

/** What of one case is not as it must be; empty when all is. PostgreSQL itself says whether a row could not be put back. */
export async function judge(
  query: Query,
  built: Built,
  looks: Looks,
  conflicts: readonly RowConflict[],
): Promise<string[]> {
  const wrong: string[] = [];
  if (looks.after.log !== looks.later.log) wrong.push('triggers were set off');
  for (const table of built.tables) {
    const own = conflicts.filter((one) => one.table === `${built.schema}.${table.name}`);
    const found = table.keys.length > 0 ? await judgeTable(query, table, looks, own) : judgeAlike(table, looks, own);
    wrong.push(...found.map((text) => `${table.name}: ${text}`));
  }
  wrong.push(...(await brokenRules(query, built)));
  return wrong;
}

async function judgeTable(
  query: Query,
  table: BuiltTable,
  looks: Looks,
  conflicts: readonly RowConflict[],
): Promise<string[]> {
  const [before, harmed, later, after] = [looks.before, looks.harmed, looks.later, looks.after].map(
    ({ rows }) => rows[table.number] as ReadonlyMap<string, Row>,
  ) as [ReadonlyMap<string, Row>, ReadonlyMap<string, Row>, ReadonlyMap<string, Row>, ReadonlyMap<string, Row>];
  const told = new Map(conflicts.map((one) => [one.row, one.kind]));
  const wrong: string[] = [];
  for (const key of new Set([...before.keys(), ...harmed.keys(), ...later.keys(), ...after.keys()])) {
    const [was, hurt, now, then] = [before.get(key), harmed.get(key), later.get(key), after.get(key)];
    const kind = told.get(key);
    told.delete(key);
    const verdict = expected({ was, hurt, now });
    const problem =
      verdict.kind === 'as it was before'
        ? await judgeBack(query, table, { was: was as Row, now, then, kind })
        : judgeKept({ now, then, kind, conflict: verdict.conflict });
    if (problem !== undefined) wrong.push(`${key}: ${problem} (${JSON.stringify({ was, hurt, now, then, kind })})`);
  }
  return [...wrong, ...[...told].map(([key, kind]) => `${key}: told as ${kind}, and there is no such row`)];
}

type Verdict = { readonly kind: 'as it was before' } | { readonly kind: 'as it is'; readonly conflict?: string };

const same = (a: Row | undefined, b: Row | undefined): boolean => (a && b ? alike(a, b) : a === b);

/** What must become of a row, by what it was before the harm, right after it, and just before the salvage. */
function expected({ was, hurt, now }: Record<'was' | 'hurt' | 'now', Row | undefined>): Verdict {
  const asItIs = { kind: 'as it is' } as const;
  if (was === undefined || same(was, hurt)) return asItIs; // it was not harmed
  if (hurt === undefined) return now === undefined ? { kind: 'as it was before' } : asItIs;
  if (now === undefined) return { ...asItIs, conflict: 'deleted since' };
  if (same(hurt, now)) return { kind: 'as it was before' };
  return same(was, now) ? asItIs : { ...asItIs, conflict: 'changed since' };
}

interface Kept {
  readonly now: Row | undefined;
  readonly then: Row | undefined;
  readonly kind: string | undefined;
  readonly conflict: string | undefined;
}

function judgeKept({ now, then, kind, conflict }: Kept): string | undefined {
  if (!same(now, then)) return 'a row was written that must stay as it is';
  return kind === conflict ? undefined : `told as ${kind} instead of ${conflict}`;
}

interface Back {
  readonly was: Row;
  readonly now: Row | undefined;
  readonly then: Row | undefined;
  readonly kind: string | undefined;
}

async function judgeBack(query: Query, table: BuiltTable, { was, now, then, kind }: Back): Promise<string | undefined> {
  if (then !== undefined && same(was, then))
    return kind === undefined ? undefined : 'it is back, and told as a conflict';
  if (!same(now, then)) return 'it is neither as it was nor as it is';
  if (kind === undefined) return 'it is not back, and nothing is told of it';
  const refusal = await refused(query, table, { was, isThere: now !== undefined });
  const means = { '23505': 'taken', '23503': 'no parent' }[refusal ?? ''];
  return means === kind ? undefined : `told as ${kind}, and PostgreSQL says ${means ?? refusal ?? 'yes'}`;
}

/** Tries to put the row back by hand; the code of the refusal, or undefined. */
async function refused(
  query: Query,
  table: BuiltTable,
  { was, isThere }: { was: Row; isThere: boolean },
): Promise<string | undefined> {
  const columns = [...(await columnsNow(query, table))].filter(([first]) => first in was);
  const names = columns.map(([, now]) => escapeIdentifier(now));
  const values = columns.map(([first]) => was[first] ?? null);
  const insert = `INSERT INTO ${table.sql} (${names.join(', ')}) OVERRIDING SYSTEM VALUE VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`;
  await query('BEGIN');
  try {
    // The row itself is not in its own way.
    if (isThere) await query("SET LOCAL session_replication_role = 'replica'");
    if (isThere)
      await query(
        `DELETE FROM ${table.sql} WHERE ${table.keys.map((key, i) => `${escapeIdentifier(key)}::text = $${i + 1}`).join(' AND ')}`,
        table.keys.map((key) => was[key]),
      );
    await query("SET LOCAL session_replication_role = 'origin'");
    await query(insert, values);
    await query('SET CONSTRAINTS ALL IMMEDIATE');
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await query('ROLLBACK');
  }
}

/** Without a key: as many rows of each content as there were before, and those that are new. */
function judgeAlike(
  table: BuiltTable,
  { before, harmed, later, after }: Looks,
  conflicts: readonly RowConflict[],
): string[] {
  const counts = ({ rows }: Look): Map<string, number> => {
    const found = new Map<string, number>();
    for (const row of (rows[table.number] as ReadonlyMap<string, Row>).values()) {
      const text = JSON.stringify(Object.entries(row).filter(([column]) => table.columns.includes(column)));
      found.set(text, (found.get(text) ?? 0) + 1);
    }
    return found;
  };
  const [was, hurt, now, then] = [before, harmed, later, after].map(counts) as [
    Map<string, number>,
    Map<string, number>,
    Map<string, number>,
    Map<string, number>,
  ];
  const of = (map: Map<string, number>, text: string): number => map.get(text) ?? 0;
  const wrong = [...new Set([...was.keys(), ...now.keys(), ...then.keys()])].filter((text) => {
    const byHarm = was.has(text) ? 0 : of(hurt, text);
    const isUndone = byHarm > 0 && !text.includes('harmful');
    const expectedRows = of(was, text) + (of(now, text) - of(hurt, text)) + (isUndone ? 0 : byHarm);
    return of(then, text) !== expectedRows;
  });
  return [
    ...wrong.map((text) => `as many as before are not there: ${text}`),
    ...conflicts.map(({ row, kind }) => `told as ${kind}, and nobody has touched it: ${row}`),
  ];
}

/** Foreign keys and late unique rules are not checked by the server while triggers are quiet. */
async function brokenRules(query: Query, { tables }: Built): Promise<string[]> {
  const wrong: string[] = [];
  for (const table of tables) {
    const parent = table.parent === undefined ? undefined : (tables[table.parent] as BuiltTable);
    const names = (parent?.keys ?? []).map((key) => [`ref ${key}`, key] as const);
    if (parent !== undefined && names.length > 0) {
      const whole = names.map(([ref]) => `c.${escapeIdentifier(ref)} IS NOT NULL`).join(' AND ');
      const match = names.map(([ref, key]) => `p.${escapeIdentifier(key)} = c.${escapeIdentifier(ref)}`).join(' AND ');
      const sql = `SELECT count(*)::int AS rows FROM ${table.sql} c WHERE ${whole} AND NOT EXISTS (SELECT FROM ${parent.sql} p WHERE ${match})`;
      const [orphans] = await query<{ rows: number }>(sql);
      if (orphans?.rows !== 0) wrong.push(`${table.name}: ${orphans?.rows} rows refer to nothing`);
    }
    if (table.unique !== 'late') continue;
    const twice = await query(`SELECT code FROM ${table.sql} WHERE code IS NOT NULL GROUP BY 1 HAVING count(*) > 1`);
    if (twice.length > 0) wrong.push(`${table.name}: a unique rule is broken`);
  }
  return wrong;
}
