import { KnownError } from '../../../model/errors.ts';
import type { RowClient, Salvage } from '../client-api.ts';
import { type Session, withSession } from '../connect.ts';
import { type SidePlace, sideAddress, sidePlace } from '../instance/side.ts';
import { connectionOf, type World } from '../world.ts';
import { definitionOf, lostWith } from './definition.ts';
import { quotedTable, tableName } from './names.ts';
import { describeSalvage, findSalvage } from './salvage.ts';
import type { WantedRows } from './store-rows.ts';
import { type Reading, storeSalvage } from './store-salvage.ts';
import { describeTables, type Table } from './tables.ts';

type Request = Parameters<RowClient['extractTables']>[0];

/** Stores all rows of tables, as they stand in the side instance, into the repository; of those that are gone also how they were made. */
export async function extractTables(world: World, request: Request): Promise<Salvage> {
  const known = await findSalvage(world, request.component, { key: request.key });
  if (known !== undefined) return describeSalvage(known);
  const place = await sidePlace(world, request.instance);
  const what = `${request.instance}: read whole tables`;
  const address = sideAddress(world, request.component, place);
  return withSession({ address, what, signal: request.signal, readOnly: true }, async (session) => {
    // A table that is being taken away there is locked for good: that side instance stands too late.
    await session.query("SET lock_timeout = '10s'");
    const wanted = await tablesToRead(session, request);
    const whole = await goneOf(world, session, { request, place, wanted });
    return storeSalvage(world, request, { session, place, wanted, ...whole });
  });
}

async function tablesToRead(session: Session, { tables, relations }: Request): Promise<readonly WantedRows[]> {
  const named: number[] = [];
  for (const table of tables) named.push(await numberOf(session, table));
  const found = await session.query<{ oid: number; root: number | null; persistence: string; name: string }>(
    `SELECT DISTINCT c.oid::int8 AS oid, CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid)::oid::int8 END AS root,
       c.relpersistence::text AS persistence, n.nspname || '.' || c.relname AS name
     FROM unnest($1::oid[]) AS wanted(oid)
     CROSS JOIN LATERAL (SELECT wanted.oid AS oid UNION SELECT relid FROM pg_catalog.pg_partition_tree(wanted.oid)) tree
     JOIN pg_catalog.pg_class c ON c.oid = tree.oid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' ORDER BY 4`,
    [[...named, ...relations]],
  );
  if (found.length === 0)
    throw new KnownError(
      'TARGET_FAILED',
      'none of the tables exists in the side instance',
      'Restore it to a moment at which the tables were there. lifeboat points find names that moment.',
    );
  const unlogged = found.filter(({ persistence }) => persistence === 'u').map(({ name }) => name);
  if (unlogged.length > 0)
    throw new KnownError(
      'TARGET_FAILED',
      `${unlogged.join(', ')} is unlogged: what is in it is in no backup`,
      'Leave it out. Its rows can only come from where they came from before.',
    );
  const described = await describeTables(session, [
    ...found.flatMap(({ oid, root }) => (root === null ? [oid] : [oid, root])),
  ]);
  return found.map(({ oid, root }) => {
    const whole = root === null ? undefined : described.get(root);
    return { kind: 'whole', table: described.get(oid) as Table, ...(whole === undefined ? {} : { root: whole }) };
  });
}

/** Throws TARGET_FAILED for what is no table, and TARGET_AMBIGUOUS for a name without a schema that several have. */
async function numberOf(session: Session, named: string): Promise<number> {
  const found = await session.query<{ oid: number; kind: string; name: string }>(
    `SELECT c.oid::int8 AS oid, c.relkind::text AS kind, n.nspname || '.' || c.relname AS name
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE (c.relname = $1 OR n.nspname || '.' || c.relname = $1) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
    [named],
  );
  const [only, second] = found;
  if (only === undefined)
    throw new KnownError(
      'TARGET_FAILED',
      `there is no table ${named} in the side instance`,
      'Check the name, or restore to a moment at which it was there.',
    );
  if (second !== undefined)
    throw new KnownError(
      'TARGET_AMBIGUOUS',
      `several tables are called ${named}: ${found.map(({ name }) => name).join(', ')}`,
      'Name it with its schema.',
    );
  if (only.kind === 'r' || only.kind === 'p') return only.oid;
  throw new KnownError(
    'TARGET_FAILED',
    `${only.name} is a view or a foreign table, and has no rows of its own`,
    'Name the tables that its rows come from.',
  );
}

interface Whole {
  readonly request: Request;
  readonly place: SidePlace;
  readonly wanted: readonly WantedRows[];
}

/** What production does not have any more must be made again before its rows can go back. */
async function goneOf(
  world: World,
  session: Session,
  { request, place, wanted }: Whole,
): Promise<Pick<Reading, 'facts' | 'definition'>> {
  const all = new Map(wanted.map(({ table, root }) => [(root ?? table).oid, root ?? table]));
  const there = await thereNow(world, request, [...all.values()]);
  const gone = [...all.values()].filter((table) => !there.has(tableName(table)));
  if (gone.length === 0) return { facts: {} };
  const sql = await definitionOf(world, { component: request.component, place, tables: gone, signal: request.signal });
  if (sql === undefined) return { facts: { notDefined: gone.map(tableName) } };
  const makes = gone.map(({ oid, schema, name }) => ({ oid, schema, name }));
  return { facts: { alsoLost: [...(await lostWith(session, gone))] }, definition: { sql, makes } };
}

/** A table that was renamed since is not gone. */
async function thereNow(world: World, request: Request, tables: readonly Table[]): Promise<ReadonlySet<string>> {
  const address = { uri: connectionOf(world, request.component) };
  const what = `${request.component}: see which tables are gone`;
  const rows = await withSession({ address, what, signal: request.signal }, (session) =>
    session.query<{ wanted: string }>(
      `SELECT wanted.name AS wanted FROM unnest($1::text[], $2::oid[], $3::text[]) AS wanted(sql, oid, name)
       WHERE pg_catalog.to_regclass(wanted.sql) IS NOT NULL OR EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = wanted.oid)`,
      [tables.map(quotedTable), tables.map(({ oid }) => oid), tables.map(tableName)],
    ),
  );
  return new Set(rows.map(({ wanted }) => wanted));
}
