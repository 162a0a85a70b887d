import { KnownError } from '../../../model/errors.ts';
import type { Session } from '../connect.ts';
import { tableName } from './names.ts';
import type { SalvagedTable, SalvageFacts } from './salvage.ts';
import { describeTables, type Relation, type Table } from './tables.ts';

/** Where salvaged rows belong today: the table, or the whole of which it is a partition. */
export interface Target {
  readonly salvaged: SalvagedTable;
  readonly table: Table;
  /** Today's name of each salvaged column; undefined when it is gone. */
  readonly columns: readonly (string | undefined)[];
  /** What has become different since, for people. */
  readonly notes: readonly string[];
}

/**
 * Finds the tables again. On the server that they were taken from, a table and a column are told by their numbers, which stay the
 * same when they are renamed; elsewhere by their names. Throws TARGET_FAILED for those that are gone.
 */
export async function findTargets(session: Session, facts: SalvageFacts): Promise<readonly Target[]> {
  const [server] = await session.query<{ same: boolean }>(
    'SELECT system_identifier::text = $1 AS same FROM pg_catalog.pg_control_system()',
    [facts.system],
  );
  const byNumber = server?.same ? await describeTables(session, numbersIn(facts)) : new Map<number, Table>();
  const byName = await namedTables(session, facts);
  const leaves = [...byNumber.values(), ...byName.values()];
  const wholes = await describeTables(
    session,
    leaves.flatMap(({ root }) => (root === undefined ? [] : [root])),
  );
  const targets: Target[] = [];
  for (const salvaged of facts.tables) {
    const same = salvaged.oid === undefined ? undefined : byNumber.get(salvaged.oid);
    const root = salvaged.root && (byNumber.get(salvaged.root.oid) ?? byName.get(tableName(salvaged.root)));
    const found = same ?? byName.get(tableName(salvaged)) ?? root;
    if (found === undefined) throw await gone(session, salvaged);
    const table = (found.root === undefined ? undefined : wholes.get(found.root)) ?? found;
    targets.push(targetOf(salvaged, { same, table }));
  }
  return targets;
}

const numbersIn = ({ tables }: SalvageFacts): readonly number[] =>
  tables.flatMap(({ oid, root }) => [oid, root?.oid].filter((one) => one !== undefined));

async function namedTables(session: Session, { tables }: SalvageFacts): Promise<ReadonlyMap<string, Table>> {
  const names = tables.flatMap(({ schema, name, root }) => [{ schema, name }, ...(root ? [root] : [])]);
  const rows = await session.query<{ oid: number }>(
    `SELECT c.oid::int8 AS oid FROM unnest($1::text[], $2::text[]) AS wanted(schema, name)
     JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.schema
     JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name`,
    [names.map(({ schema }) => schema), names.map(({ name }) => name)],
  );
  const found = await describeTables(
    session,
    rows.map(({ oid }) => oid),
  );
  return new Map([...found.values()].map((table) => [tableName(table), table]));
}

function targetOf(salvaged: SalvagedTable, { same, table }: { same: Table | undefined; table: Table }): Target {
  const columns = salvaged.columns.map((name, index) => {
    if (same === undefined || salvaged.numbers === undefined) return table.columns.includes(name) ? name : undefined;
    return same.columns[same.numbers.indexOf(salvaged.numbers[index] as number)];
  });
  const name = tableName(salvaged);
  const now = tableName(same ?? table);
  const renamed = salvaged.columns.flatMap((old, index) => {
    const today = columns[index];
    return today === undefined || today === old ? [] : [`${name}: the column ${old} is called ${today} today`];
  });
  const dropped = salvaged.columns.filter((_, index) => columns[index] === undefined);
  const added = table.columns.filter((column) => !columns.includes(column));
  const notes = [
    ...(same !== undefined && now !== name ? [`${name} is called ${now} today`] : []),
    ...renamed,
    ...(dropped.length > 0
      ? [`${name}: the values of ${dropped.join(', ')} are left out, there is no such column any more`]
      : []),
    ...(added.length > 0 ? [`${name}: ${added.join(', ')} was added since, and takes its default`] : []),
  ];
  return { salvaged, table, columns, notes };
}

/** What stands in its place today decides what a person has to do. */
async function gone(session: Session, salvaged: Pick<Relation, 'schema' | 'name'>): Promise<KnownError> {
  const name = tableName(salvaged);
  const [other] = await session.query<{ kind: string }>(
    `SELECT c.relkind::text AS kind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2`,
    [salvaged.schema, salvaged.name],
  );
  return new KnownError(
    'TARGET_FAILED',
    other === undefined
      ? `the table ${name} does not exist any more`
      : `${name} is ${KINDS[other.kind] ?? 'something else than a table'} today, and rows are put back into tables only`,
    `Make the table again, or rename the one that holds its rows today to ${name}, then try again.`,
  );
}

const KINDS: Readonly<Record<string, string>> = { v: 'a view', m: 'a materialized view', f: 'a foreign table' };
