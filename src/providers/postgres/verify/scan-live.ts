import { type Duration, formatDuration, seconds } from '../../../lib/duration.ts';
import { type Session, withSession } from '../connect.ts';
import { pgErrorCode, translatePgError } from '../errors.ts';
import { connectionOf, type World } from '../world.ts';
import { scanLivePages } from './live-pages.ts';
import { Pace } from './pace.ts';
import { type Findings, noFindings, noneOf } from './proofs.ts';
import { structureTargets } from './structure.ts';

export interface ScanLive {
  readonly component: string;
  /** How long it may take in all; what is not looked at by then is said. */
  readonly within: Duration;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/**
 * Looks for damage in a server in use. Reads only, makes nothing, waits for no lock longer than a second, rests as long as it works, and
 * takes nothing for damage that a write in between explains.
 */
export async function scanLive(world: World, request: ScanLive): Promise<Findings> {
  const { component, signal, within } = request;
  const address = { uri: connectionOf(world, component) };
  const found = noFindings();
  const pace = new Pace(world.clock, within, signal);
  await withSession({ address, what: `${component}: look for damage`, signal, readOnly: true }, async (session) => {
    await session.query(`SET lock_timeout = ${seconds(1)}; SET max_parallel_workers_per_gather = 0`);
    await readFailures(session, found);
    await scanLivePages(session, { pace, found, log: request.log });
    await checkLiveStructure(session, { pace, found, within });
  });
  return found;
}

/** What the server itself has met since its statistics were last reset. */
async function readFailures(session: Session, found: Findings): Promise<void> {
  const claim = 'the server met no page with a wrong checksum';
  const rows = await session.query<{ name: string; failures: number | null; last: string | null }>(
    `SELECT coalesce(datname, 'what all databases share')::text AS name, checksum_failures AS failures, checksum_last_failure::text AS last
     FROM pg_catalog.pg_stat_database ORDER BY 1`,
  );
  if (rows.every(({ failures }) => failures === null)) {
    found.notLookedAt.push({ claim, why: 'this server keeps no checksums (initdb --data-checksums)' });
    return;
  }
  const faults = rows.filter(({ failures }) => (failures ?? 0) > 0);
  const named = faults.map(({ name, failures, last }) => `${name}: ${failures} times, last ${last}`);
  found.proofs.push(noneOf(claim, named, `none in ${rows.length} databases`));
}

type Checking = { readonly pace: Pace; readonly found: Findings; readonly within: Duration };

/** The extension is used where it is; a scan makes nothing on a server in use. */
async function checkLiveStructure(session: Session, { pace, found, within }: Checking): Promise<void> {
  const claim = 'tables and indexes are sound (amcheck)';
  const [amcheck] = await session.query<{ schema: string; may: boolean }>(MAY_CHECK);
  if (amcheck?.may !== true) {
    const why = amcheck === undefined ? 'the extension is not in this database: CREATE EXTENSION amcheck' : MAY_NOT;
    found.notLookedAt.push({ claim, why });
    return;
  }
  const targets = await structureTargets(session, amcheck.schema);
  const faults: string[] = [];
  let looked = 0;
  for (const { what, sql } of targets) {
    if (pace.isOver()) break;
    await session.query(`SET statement_timeout = ${pace.left()}`);
    const seen = await pace.work(() => checkOne(session, sql));
    if (seen === 'skipped')
      found.notLookedAt.push({ claim: `${what} is sound`, why: 'it was locked, or gone, or took too long' });
    else looked++;
    if (typeof seen === 'object') faults.push(`${what}: ${seen.damage}`);
  }
  await session.query('SET statement_timeout = 0');
  const missing = targets.length - looked;
  if (missing > 0)
    found.notLookedAt.push({
      claim,
      why: `${missing} of ${targets.length} were not looked at within ${formatDuration(within)}`,
    });
  if (looked > 0) found.proofs.push(noneOf(claim, faults, `${looked} tables and indexes, no damage`));
}

const MAY_NOT =
  'we may not: GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean) and verify_heapam to the role of the connection';

const MAY_CHECK = `
  SELECT n.nspname::text AS schema, pg_catalog.bool_and(pg_catalog.has_function_privilege(p.oid, 'EXECUTE')) AS may
  FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    JOIN pg_catalog.pg_proc p ON p.pronamespace = n.oid AND p.proname IN ('bt_index_check', 'verify_heapam')
  WHERE e.extname = 'amcheck' GROUP BY 1`;

/** Damage comes as a row, or as an error of the class of damaged data and indexes. */
const DAMAGE = /^(XX001|XX002)$/;

async function checkOne(session: Session, sql: string): Promise<'sound' | 'skipped' | { readonly damage: string }> {
  try {
    const [first] = await session.query<{ msg?: string }>(sql);
    return first?.msg === undefined ? 'sound' : { damage: first.msg };
  } catch (error) {
    const code = pgErrorCode(error);
    if (code !== undefined && DAMAGE.test(code)) return { damage: translatePgError(error, 'amcheck').message };
    if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P)/.test(code)) return 'skipped';
    throw error;
  }
}
