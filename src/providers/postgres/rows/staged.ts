import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { KnownError } from '../../../model/errors.ts';
import type { Session } from '../connect.ts';
import type { World } from '../world.ts';
import { columnList, quoted, quotedTable, tableName } from './names.ts';
import type { SalvagedTable, StoredSalvage } from './salvage.ts';
import { describeTable, type Table } from './tables.ts';

/** A salvaged table, its rows lying in a temporary table beside the real one. */
export interface StagedTable {
  readonly salvaged: SalvagedTable;
  /** The table as it is now. */
  readonly table: Table;
  /** The temporary table, as it stands in SQL. */
  readonly stage: string;
}

/** Column of the stage that says how many rows like this one there were; only for tables without a key. */
export const ROWS_ALIKE = 'lifeboat_rows_alike';

/** Lays the salvaged rows into temporary tables that vanish with the transaction. They are never in a file of ours in clear. */
export async function stage(
  world: World,
  session: Session,
  salvage: StoredSalvage,
  signal: AbortSignal,
): Promise<readonly StagedTable[]> {
  await session.query("SELECT pg_catalog.set_config('client_encoding', $1, false)", [salvage.facts.encoding]);
  const staged: StagedTable[] = [];
  for (const [index, salvaged] of salvage.facts.tables.entries()) {
    const table = await tableOf(session, salvaged);
    const name = `pg_temp.${quoted(`lifeboat_${index}`)}`;
    const counted = salvaged.key.length === 0 ? `, 0::int8 AS ${ROWS_ALIKE}` : '';
    await session.query(
      `CREATE TEMPORARY TABLE ${quoted(`lifeboat_${index}`)} ON COMMIT DROP AS
       SELECT ${columnList(salvaged.columns)}${counted} FROM ${quotedTable(table)} WITH NO DATA`,
    );
    const rows = Readable.from(world.repository.read(salvage.manifest, salvaged.part), { objectMode: false });
    const copy = session.client.query(copyFrom(`COPY ${name} FROM STDIN`));
    await pipeline(rows, copy, { signal });
    if (copy.rowCount !== salvaged.rows) throw countDiffers(salvage, salvaged, copy.rowCount);
    await session.query(`ANALYZE ${name}`);
    staged.push({ salvaged, table, stage: name });
  }
  return staged;
}

async function tableOf(session: Session, salvaged: SalvagedTable): Promise<Table> {
  const table = await describeTable(session, salvaged);
  const missing = salvaged.columns.filter((column) => !table?.columns.includes(column));
  if (table !== undefined && missing.length === 0) return table;
  throw new KnownError(
    'TARGET_FAILED',
    table === undefined
      ? `the table ${tableName(salvaged)} does not exist any more`
      : `${tableName(salvaged)} has no column ${missing.join(', ')} any more`,
    'The database was changed since the rows were deleted. Bring the table back to its old shape, then try again.',
  );
}

const countDiffers = ({ manifest }: StoredSalvage, salvaged: SalvagedTable, found: number): KnownError =>
  new KnownError(
    'OBJECT_DAMAGED',
    `the salvage ${manifest.id} holds ${found} rows of ${tableName(salvaged)} instead of ${salvaged.rows}`,
    'Extract the rows again.',
  );
