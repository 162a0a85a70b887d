import type { JsonObject } from '../../../lib/json.ts';
import type { Salvage } from '../client-api.ts';
import type { Session } from '../connect.ts';
import { backupId } from '../ids.ts';
import type { SidePlace } from '../instance/side.ts';
import type { World } from '../world.ts';
import { describeSalvage, type SalvagedTable, SalvageFacts } from './salvage.ts';
import { storeRows, type WantedRows } from './store-rows.ts';

export interface Reading {
  readonly session: Session;
  readonly place: SidePlace;
  readonly wanted: readonly WantedRows[];
  readonly facts: Partial<Pick<SalvageFacts, 'xid' | 'commitLsn' | 'xids' | 'notDefined' | 'alsoLost'>>;
  /** SQL that makes tables again that are gone. */
  readonly definition?: { readonly sql: string; readonly makes: NonNullable<SalvageFacts['definition']>['makes'] };
}

/** Stores rows into the repository, encrypted, as one salvage: all of it or nothing. */
export async function storeSalvage(
  world: World,
  { component, key }: { component: string; key: string },
  reading: Reading,
): Promise<Salvage> {
  const startedAt = world.clock.now();
  const id = backupId('salvage', startedAt, key);
  const writer = await world.repository.begin({ id, component, method: 'postgres.salvage', startedAt, key });
  try {
    const encoding = await matchEncoding(reading.session);
    const tables: SalvagedTable[] = [];
    for (const [index, wanted] of reading.wanted.entries())
      tables.push(await storeRows(reading.session, writer, wanted, `${index}.copy`));
    const { definition } = reading;
    if (definition !== undefined) {
      const part = await writer.part(DEFINITION);
      await part.write(Buffer.from(definition.sql));
      await part.end();
    }
    const { system, backup } = reading.place.marker;
    const made = definition === undefined ? {} : { definition: { part: DEFINITION, makes: definition.makes } };
    const facts = { ...reading.facts, ...made, system, backup, encoding, tables };
    const manifest = await writer.commit(JSON.parse(JSON.stringify(facts)) as JsonObject, world.clock.now());
    return describeSalvage({ manifest, facts: SalvageFacts.parse(facts) });
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

const DEFINITION = 'definition.sql';

/** Text is carried in the encoding of the database itself: nothing is converted, so nothing can fail to be. */
export async function matchEncoding(session: Session): Promise<string> {
  const [row] = await session.query<{ encoding: string }>(
    "SELECT pg_catalog.set_config('client_encoding', pg_catalog.getdatabaseencoding(), false) AS encoding",
  );
  return (row as { encoding: string }).encoding;
}
