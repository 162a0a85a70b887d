import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { KnownError } from '../../../model/errors.ts';
import type { Session } from '../connect.ts';
import type { World } from '../world.ts';
import { quoted, quotedTable, tableName } from './names.ts';
import type { SalvagedTable, StoredSalvage } from './salvage.ts';
import type { Table } from './tables.ts';
import { findTargets, type Target } from './targets.ts';

/** Salvaged rows in a temporary table beside the real one, which is shaped like it. */
export interface StagedTable {
  /** The table as it is now. Of a partition, the whole. */
  readonly table: Table;
  /** The temporary table, as it stands in SQL. */
  readonly stage: string;
  /** Today's columns that the salvaged rows have values for. */
  readonly columns: readonly string[];
  /** Those of them that name a row; empty when rows are told apart by counting. */
  readonly key: readonly string[];
  /** Of the transaction that did it, as they stand in SQL. */
  readonly xids: string;
}

export interface Staged {
  readonly tables: readonly StagedTable[];
  readonly notes: readonly string[];
}

/**
 * Columns of the stage besides those of the table. kind, alike, now, leaf: as it was stored; what the others say is worked out:
 * place and at are where the changed row is today, state is what becomes of the row, and why and other explain it.
 */
const OWN_COLUMNS = `ADD lifeboat_number int8 GENERATED ALWAYS AS IDENTITY, ADD lifeboat_kind text, ADD lifeboat_alike int8,
  ADD lifeboat_now tid, ADD lifeboat_leaf oid, ADD lifeboat_place tid, ADD lifeboat_at oid,
  ADD lifeboat_state text, ADD lifeboat_why text, ADD lifeboat_other text`;

/** Lays the salvaged rows into temporary tables that vanish with the transaction. They are never in a file of ours in clear. */
export async function stage(
  world: World,
  session: Session,
  salvage: StoredSalvage,
  signal: AbortSignal,
): Promise<Staged> {
  await session.query("SELECT pg_catalog.set_config('client_encoding', $1, false)", [salvage.facts.encoding]);
  const targets = await findTargets(session, salvage.facts);
  const tables: StagedTable[] = [];
  for (const [index, together] of byTable(targets).entries()) {
    const staged = stagedTable(together, `lifeboat_${index}`, salvage);
    await makeStage(session, staged);
    for (const target of together) await fillStage(world, session, { salvage, staged, target, signal });
    await session.query(`ANALYZE ${staged.stage}`);
    tables.push(staged);
  }
  return { tables, notes: [...new Set(targets.flatMap(({ notes }) => notes))] };
}

function byTable(targets: readonly Target[]): readonly (readonly [Target, ...Target[]])[] {
  const groups = new Map<number, [Target, ...Target[]]>();
  for (const target of targets) {
    const group = groups.get(target.table.oid);
    if (group) group.push(target);
    else groups.set(target.table.oid, [target]);
  }
  return [...groups.values()];
}

function stagedTable(together: readonly [Target, ...Target[]], name: string, { facts }: StoredSalvage): StagedTable {
  const [{ table }] = together;
  const known = new Set(together.flatMap(({ columns }) => columns));
  const columns = table.columns.filter((column) => known.has(column));
  return {
    table,
    stage: `pg_temp.${quoted(name)}`,
    columns,
    key: keyOf(together, columns),
    xids: `'{${facts.xids.join(',')}}'::text[]`,
  };
}

/** Today's key, so that no rule of the database is broken; else what was the key, which names the salvaged rows still. */
function keyOf(together: readonly [Target, ...Target[]], columns: readonly string[]): readonly string[] {
  const [{ table, salvaged, columns: today }] = together;
  if (table.key.length > 0 && table.key.every((column) => columns.includes(column))) return table.key;
  const before = salvaged.key.map((column) => today[salvaged.columns.indexOf(column)]);
  const whole = before.filter((column) => column !== undefined);
  if (whole.length === salvaged.key.length && together.every((one) => one.salvaged.key.length > 0)) return whole;
  if (together.every((one) => one.salvaged.key.length === 0)) return [];
  throw new KnownError(
    'TARGET_FAILED',
    `${tableName(table)} has no key any more that tells which salvaged row is which`,
    `Add a primary key to it over ${salvaged.key.join(', ') || 'the columns that name a row'}, then try again.`,
  );
}

/** Generated columns are worked out in the stage too, since unique rules may be about them. */
async function makeStage(session: Session, { table, stage: name, columns }: StagedTable): Promise<void> {
  const own = name.slice('pg_temp.'.length);
  await session.query(`CREATE TEMPORARY TABLE ${own} (LIKE ${quotedTable(table)} INCLUDING GENERATED) ON COMMIT DROP`);
  const added = table.columns.filter((column) => !columns.includes(column));
  const free = added.map((column) => `, ALTER ${quoted(column)} DROP NOT NULL`);
  await session.query(`ALTER TABLE ${name} ${OWN_COLUMNS}${free.join('')}`);
}

interface Filling {
  readonly salvage: StoredSalvage;
  readonly staged: StagedTable;
  readonly target: Target;
  readonly signal: AbortSignal;
}

async function fillStage(world: World, session: Session, filling: Filling): Promise<void> {
  const { salvage, staged, target, signal } = filling;
  const { salvaged } = target;
  const left = salvaged.columns.flatMap((_, index) => (target.columns[index] === undefined ? [leftOut(index)] : []));
  const sinks = left.map((column) => `, ADD IF NOT EXISTS ${column} text`).join('');
  await session.query(
    `ALTER TABLE ${staged.stage} ALTER lifeboat_kind SET DEFAULT '${salvaged.kind}',
       ALTER lifeboat_leaf SET DEFAULT ${salvaged.oid ?? 0}::oid${sinks}`,
  );
  const columns = [
    ...target.columns.map((column, index) => (column === undefined ? leftOut(index) : quoted(column))),
    ...(salvaged.key.length === 0 ? ['lifeboat_alike'] : []),
    ...(salvaged.kind === 'updated' ? ['lifeboat_now'] : []),
  ];
  const rows = Readable.from(world.repository.read(salvage.manifest, salvaged.part), { objectMode: false });
  const copy = session.client.query(copyFrom(`COPY ${staged.stage} (${columns.join(', ')}) FROM STDIN`));
  await pipeline(rows, copy, { signal });
  if (copy.rowCount !== salvaged.rows) throw countDiffers(salvage, salvaged, copy.rowCount);
}

/** Holds the values of a column that is gone, which COPY cannot pass over. */
const leftOut = (index: number): string => `lifeboat_left_${index}`;

const countDiffers = ({ manifest }: StoredSalvage, salvaged: SalvagedTable, found: number): KnownError =>
  new KnownError(
    'OBJECT_DAMAGED',
    `the salvage ${manifest.id} holds ${found} rows of ${tableName(salvaged)} instead of ${salvaged.rows}`,
    'Extract the rows again.',
  );
