import { KnownError } from '../../../model/errors.ts';
import type { Loaded } from '../client-api.ts';
import type { Session } from '../connect.ts';
import type { World } from '../world.ts';
import { tableName } from './names.ts';
import type { SalvageFacts, StoredSalvage } from './salvage.ts';

/** Makes the tables again that were dropped, from the definition that is kept with their rows. Returns what to tell of it. */
export async function makeTables(world: World, session: Session, salvage: StoredSalvage): Promise<readonly string[]> {
  if (!(await areGone(session, salvage))) return [];
  const definition = requireDefinition(salvage);
  const parts: Buffer[] = [];
  for await (const bytes of world.repository.read(salvage.manifest, definition.part)) parts.push(Buffer.from(bytes));
  await session.query(Buffer.concat(parts).toString());
  const made = definition.makes.map((table) => `${tableName(table)} was made again as it was`);
  return [...made, ...salvage.facts.alsoLost.map((sql) => `not made again, it went with a table: ${sql}`)];
}

function requireDefinition({ facts }: StoredSalvage): NonNullable<SalvageFacts['definition']> {
  if (facts.definition !== undefined) return facts.definition;
  throw new KnownError(
    'TARGET_FAILED',
    `${facts.notDefined.join(', ')} does not exist any more, and how it was made is not known here: pg_dump of its version was not on the machine that took the rows`,
    'Make the table again by hand, or install the PostgreSQL client programs of that version and take the rows again. Then put them back.',
  );
}

/** Whether tables are gone that were already when their rows were taken. Throws TARGET_FAILED when only some of them are. */
export async function areGone(session: Session, { facts }: StoredSalvage): Promise<boolean> {
  const names = [...(facts.definition?.makes.map(tableName) ?? []), ...facts.notDefined];
  if (names.length === 0) return false;
  const wanted = facts.tables
    .map(({ root, schema, name }) => root ?? { schema, name })
    .filter((table) => names.includes(tableName(table)));
  const there = await session.query<{ name: string }>(
    `SELECT DISTINCT wanted.schema || '.' || wanted.name AS name FROM unnest($1::text[], $2::text[]) AS wanted(schema, name)
     JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.schema
     JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name`,
    [wanted.map(({ schema }) => schema), wanted.map(({ name }) => name)],
  );
  if (there.length === 0) return true;
  const missing = names.filter((name) => there.every((one) => one.name !== name));
  if (missing.length === 0) return false;
  throw new KnownError(
    'TARGET_FAILED',
    `${there.map(({ name }) => name).join(', ')} was made again since, and ${missing.join(', ')} was not`,
    'Tables that were dropped together are made again together. Make the others too, or rename those that are there, then try again.',
  );
}

/** Where the tables are gone, nothing stands against their rows. Throws TARGET_FAILED where nothing says how they were made. */
export function allOf(salvage: StoredSalvage): Loaded {
  const { makes } = requireDefinition(salvage);
  return {
    tables: salvage.facts.tables.map((table) => ({
      table: tableName(table.root ?? table),
      inserted: table.rows,
      alreadyThere: 0,
      restored: 0,
      unchanged: 0,
      conflicting: 0,
    })),
    conflicts: [],
    notes: makes.map((table) => `${tableName(table)} is made again as it was`),
  };
}
