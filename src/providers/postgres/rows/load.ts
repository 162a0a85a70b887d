import { KnownError } from '../../../model/errors.ts';
import type { Loaded, Receipt, RowClient } from '../client-api.ts';
import { type Session, withSession } from '../connect.ts';
import { pgErrorCode, translatePgError } from '../errors.ts';
import { connectionOf, type World } from '../world.ts';
import { LOST, markForbidden, markWhatIsThere } from './classify.ts';
import { allOf, areGone, makeTables } from './make-tables.ts';
import { moveSequences, putBack } from './put-back.ts';
import { notQuiet, tablesToQuiet } from './quiet.ts';
import { resultOf } from './result.ts';
import { requireSalvage } from './salvage.ts';
import { stage } from './staged.ts';

type Request = Parameters<RowClient['load']>[0];

const FOREIGN_KEY_VIOLATION = '23503';
const CHECK_VIOLATION = '23514';

/** Transaction numbers mean something on one server and one timeline only. */
const SERVER = `(SELECT system_identifier FROM pg_catalog.pg_control_system())::text || '/' ||
  (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint())::text`;

/** Puts the salvaged rows back into the live database: in one transaction, and never over what was written since. */
export async function loadRows(world: World, request: Request): Promise<Loaded> {
  const salvage = await requireSalvage(world, request.component, request.salvage);
  const { component, signal, triggers } = request;
  const what = `${component}: put rows back`;
  return withSession({ address: addressOf(world, component), what, signal }, async (session) => {
    await begin(session);
    const made = await makeTables(world, session, salvage);
    const { tables, notes } = await stage(world, session, salvage, signal);
    const quiet = await tablesToQuiet(session, tables, triggers);
    await markWhatIsThere(session, tables);
    await session.query('SET CONSTRAINTS ALL DEFERRED');
    await putBack(session, tables, quiet).catch((error) => {
      throw explain(error, what);
    });
    // Deferred references are checked now, so that their error comes before the receipt is noted.
    await session.query('SET CONSTRAINTS ALL IMMEDIATE').catch((error) => {
      throw explain(error, what);
    });
    const loaded = await resultOf(session, tables, [
      ...made,
      ...notes,
      ...notQuiet(quiet),
      ...(await moveSequences(session, tables)),
    ]);
    await request.beforeCommit(await receiptOf(session), loaded);
    await session.query('COMMIT');
    return loaded;
  });
}

/** What `loadRows` would do now, at least: what only becomes free in its course is not foreseen. Nothing is kept or held up. */
export async function previewLoad(
  world: World,
  { component, salvage: id, signal }: { component: string; salvage: string; signal: AbortSignal },
): Promise<Loaded> {
  const salvage = await requireSalvage(world, component, id);
  const what = `${component}: see what would be put back`;
  return withSession({ address: addressOf(world, component), what, signal }, async (session) => {
    await begin(session);
    if (await areGone(session, salvage)) return allOf(salvage);
    const { tables, notes } = await stage(world, session, salvage, signal);
    await markWhatIsThere(session, tables);
    await markForbidden(session, tables);
    for (const { stage: name } of tables)
      await session.query(
        `UPDATE ${name} SET lifeboat_state = CASE WHEN ${LOST} THEN 'inserted' ELSE 'restored' END WHERE lifeboat_state IS NULL`,
      );
    const loaded = await resultOf(session, tables, notes);
    await session.query('ROLLBACK');
    return loaded;
  });
}

const addressOf = (world: World, component: string) => ({ uri: connectionOf(world, component) });

async function begin(session: Session): Promise<void> {
  await session.query('BEGIN');
  // Waiting longer for a lock would hold up the application behind us.
  await session.query("SET LOCAL lock_timeout = '10s'");
}

async function receiptOf(session: Session): Promise<Receipt> {
  const [row] = await session.query<Receipt>(
    `SELECT pg_catalog.pg_current_xact_id()::text AS xid,
       ${SERVER} AS system`,
  );
  return row as Receipt;
}

const MEANINGS: Readonly<Record<string, string>> = {
  [FOREIGN_KEY_VIOLATION]:
    'A row that the salvaged rows refer to is gone. Nothing was put back. Bring that row back first, then try again.',
  [CHECK_VIOLATION]:
    'The table has a rule today that the salvaged rows do not keep, or no partition for them. Nothing was put back. Change the rule or make the partition, then try again.',
};

/** Errors that need the data to be understood. */
function explain(error: unknown, what: string): unknown {
  const meaning = MEANINGS[pgErrorCode(error) ?? ''];
  if (meaning === undefined) return error;
  const known = translatePgError(error, what);
  return new KnownError(known.code, known.message, meaning, error);
}

/** What became of a transaction whose end was not seen. */
export async function outcomeOf(
  world: World,
  component: string,
  receipt: Receipt,
): Promise<'committed' | 'aborted' | 'in progress' | 'unknown'> {
  const address = { uri: connectionOf(world, component) };
  return withSession({ address, what: `${component}: ask about transaction ${receipt.xid}` }, async (session) => {
    const [row] = await session.query<{ system: string; status: string | null; known: boolean }>(
      `SELECT ${SERVER} AS system,
         pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::numeric > $1::numeric AS known`,
      [receipt.xid],
    );
    // Another server, or one set back to before that transaction, would give an answer about somebody else's.
    if (row === undefined || row.system !== receipt.system || !row.known) return 'unknown';
    const [found] = await session.query<{ status: 'committed' | 'aborted' | 'in progress' | null }>(
      'SELECT pg_catalog.pg_xact_status($1::xid8) AS status',
      [receipt.xid],
    );
    return found?.status ?? 'unknown';
  });
}
