import { createHash } from 'node:crypto';
import { to as copyTo } from 'pg-copy-streams';
import { KnownError } from '../../../model/errors.ts';
import type { BackupWriter } from '../../../model/repository.ts';
import type { Session } from '../connect.ts';
import type { TuplePosition, UpdatedTuple } from '../wal/deleted-tuples.ts';
import { alikeRows, columnList, contentOf, quotedTable, tableName } from './names.ts';
import type { SalvagedTable } from './salvage.ts';
import type { Table } from './tables.ts';

/** Row versions asked for in one query. */
const BATCH = 5000;

/** Rows of one table that are to be stored; without places: all of them. */
export interface WantedRows {
  readonly kind: SalvagedTable['kind'];
  readonly table: Table;
  /** What it is a partition of: that is where its rows will be put back. */
  readonly root?: Table;
  readonly places?: readonly (TuplePosition | UpdatedTuple)[];
}

/** Writes rows as COPY text into a part of the salvage, a batch of places at a time. */
export async function storeRows(
  session: Session,
  writer: BackupWriter,
  wanted: WantedRows,
  partName: string,
): Promise<SalvagedTable> {
  const part = await writer.part(partName);
  const hash = createHash('sha256');
  let read = 0;
  for (const places of batches(wanted.places)) {
    const copy = session.client.query(copyTo(copySql(wanted, places)));
    for await (const bytes of copy as AsyncIterable<Buffer>) {
      hash.update(bytes);
      await part.write(bytes);
    }
    read += copy.rowCount;
  }
  await part.end();
  const { table, root, kind, places } = wanted;
  if (places !== undefined && read !== places.length) throw rowsDiffer(table, read, places.length);
  return {
    schema: table.schema,
    name: table.name,
    part: partName,
    columns: [...table.columns],
    key: [...keyOf(wanted)],
    rows: read,
    sha256: hash.digest('hex'),
    kind,
    oid: table.oid,
    numbers: [...table.numbers],
    ...(root === undefined ? {} : { root: { oid: root.oid, schema: root.schema, name: root.name } }),
  };
}

/** A key of one partition does not name a row of the whole. */
const keyOf = ({ table, root }: WantedRows): readonly string[] => (root ?? table).key;

function batches<Row>(places: readonly Row[] | undefined): readonly (readonly Row[] | undefined)[] {
  if (places === undefined) return [undefined];
  return Array.from({ length: Math.ceil(places.length / BATCH) }, (_, index) =>
    places.slice(index * BATCH, (index + 1) * BATCH),
  );
}

/**
 * Positions are numbers that we read from the log ourselves, so they may stand in the text: COPY takes no parameters.
 * Rows of a table without a key are told apart by counting: each carries how many rows like it there were. A changed row
 * carries where the version is that the transaction left.
 */
function copySql(wanted: WantedRows, places: readonly (TuplePosition | UpdatedTuple)[] | undefined): string {
  const { table } = wanted;
  const counted = keyOf(wanted).length === 0;
  const columns = [
    columnList(table.columns, 't.'),
    ...(counted ? ['alike.rows'] : []),
    ...(wanted.kind === 'updated' ? ['place.now'] : []),
  ].filter((text) => text !== '');
  const alike = counted ? ` JOIN (${alikeRows(table)}) alike ON alike.content = ${contentOf(table.columns, 't.')}` : '';
  return `COPY (SELECT ${columns.join(', ')} FROM ONLY ${quotedTable(table)} t${placesSql(wanted.kind, places)}${alike}) TO STDOUT`;
}

function placesSql(kind: WantedRows['kind'], places: readonly (TuplePosition | UpdatedTuple)[] | undefined): string {
  if (places === undefined) return '';
  const old = tids(places);
  if (kind !== 'updated') return ` JOIN unnest(${old}) AS place(old) ON t.ctid = place.old`;
  const now = tids(places.map((place) => (place as UpdatedTuple).now));
  return ` JOIN unnest(${old}, ${now}) AS place(old, now) ON t.ctid = place.old`;
}

const tids = (places: readonly TuplePosition[]): string =>
  `'{${places.map(({ block, offset }) => `"(${block},${offset})"`).join(',')}}'::tid[]`;

const rowsDiffer = (table: Table, read: number, changed: number): KnownError =>
  new KnownError(
    'VERIFICATION_FAILED',
    `${tableName(table)}: the log says that ${changed} rows were deleted or changed, and ${read} were found`,
    'Nothing was stored. The side instance does not stand where it should: discard it and restore again.',
  );
