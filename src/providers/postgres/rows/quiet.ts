import { KnownError } from '../../../model/errors.ts';
import type { TriggerMode } from '../client-api.ts';
import type { Session } from '../connect.ts';
import { quoted, quotedTable, rowsOf, tableName } from './names.ts';
import type { StagedTable } from './staged.ts';

/**
 * Tables whose triggers must be kept quiet. Only these need the right to it; for all others PostgreSQL itself checks every
 * reference. Throws TARGET_DENIED, before anything is written, where that right is missing.
 */
export async function tablesToQuiet(
  session: Session,
  staged: readonly StagedTable[],
  mode: TriggerMode,
): Promise<ReadonlySet<StagedTable>> {
  const noisy = staged.filter(({ table }) => table.triggers.length > 0);
  if (mode === 'fire' || noisy.length === 0) return new Set();
  const [may] = await session.query<{ allowed: boolean; role: string }>(
    `SELECT pg_catalog.has_parameter_privilege('session_replication_role', 'SET') AS allowed, current_user::text AS role`,
  );
  if (may?.allowed) return new Set(noisy);
  const named = noisy.map(({ table }) => `${tableName(table)} (${table.triggers.map(({ name }) => name).join(', ')})`);
  throw new KnownError(
    'TARGET_DENIED',
    `triggers would be set off by the rows that are put back, and ${may?.role} may not keep them quiet: ${named.join('; ')}`,
    `As a superuser: GRANT SET ON PARAMETER session_replication_role TO ${quoted(may?.role ?? '')}; or let them be set off: --triggers fire, in a plan with triggers: fire.`,
  );
}

/** Does work that sets off no triggers. Those that check references are among them: `lockParents` stands in for these. */
export async function whileQuiet<T>(session: Session, quiet: boolean, work: () => Promise<T>): Promise<T> {
  if (!quiet) return work();
  await session.query("SET LOCAL session_replication_role = 'replica'");
  const done = await work();
  await session.query("SET LOCAL session_replication_role = 'origin'");
  return done;
}

/** Nobody can take away what rows in quiet tables refer to, nor take their place where that is checked late, until we are done. */
export async function lockParents(session: Session, quiet: ReadonlySet<StagedTable>): Promise<void> {
  for (const { table, stage } of quiet) {
    if (table.uniqueLater) await session.query(`LOCK TABLE ${quotedTable(table)} IN SHARE ROW EXCLUSIVE MODE`);
    for (const { columns, refersTo, refersToColumns } of table.foreignKeys) {
      const match = columns.map(
        (column, index) => `p.${quoted(refersToColumns[index] as string)} = s.${quoted(column)}`,
      );
      await session.query(
        `SELECT pg_catalog.count(*) FROM (SELECT FROM ${rowsOf(refersTo)} p
           WHERE EXISTS (SELECT FROM ${stage} s WHERE s.lifeboat_state IS NULL AND ${match.join(' AND ')})
           FOR KEY SHARE OF p) locked`,
      );
    }
  }
}

/** Triggers that were set off all the same, as their owner has asked for. */
export const notQuiet = (quiet: ReadonlySet<StagedTable>): readonly string[] =>
  [...quiet].flatMap(({ table }) =>
    table.triggers
      .filter(({ always }) => always)
      .map(({ name }) => `the trigger ${name} of ${tableName(table)} is set to ALWAYS or REPLICA, and was set off`),
  );
