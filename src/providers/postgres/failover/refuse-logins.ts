import { seconds } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { type Session, withSession } from '../connect.ts';
import { connectionOf, type World } from '../world.ts';
import type { FenceRequest, FenceState } from './client-api.ts';
import { closedBy, closedHba, openedHba } from './hba.ts';
import { applicationConnection, tryWriteAt } from './probe.ts';

/**
 * Closes a server by its own means, in files that are not replicated: a role that is blocked by ALTER ROLE would be blocked on the
 * replica, too, and there the application must get in. Both files count again after a restart.
 */
export async function refuseLogins(world: World, { component, key, signal }: FenceRequest): Promise<FenceState> {
  applicationConnection(world, component);
  return onServer(world, component, signal, async (session) => {
    await requirePrimary(session, component);
    const hba = await readHba(session);
    const roles = await rolesToRefuse(world, component, session);
    await session.query('ALTER SYSTEM SET default_transaction_read_only = on');
    await writeHba(session, closedHba(hba, { key, roles }));
    await session.query('SELECT pg_catalog.pg_reload_conf()');
    await endSessionsUntilClosed(world, { component, session, signal });
    return { closed: true, how: 'its application is turned away', closedBy: key, position: await endOfLog(session) };
  });
}

export function allowLogins(world: World, { component, signal }: FenceRequest): Promise<void> {
  return onServer(world, component, signal, async (session) => {
    const hba = await readHba(session);
    await session.query('ALTER SYSTEM RESET default_transaction_read_only');
    if (closedBy(hba) !== undefined) await writeHba(session, openedHba(hba));
    await session.query('SELECT pg_catalog.pg_reload_conf()');
  });
}

/** The application itself is asked: whether it can write is all that counts. */
export async function refusesLogins(world: World, { component, signal }: FenceRequest): Promise<FenceState> {
  const by = await onServer(world, component, signal, async (session) => ({
    closedBy: closedBy(await readHba(session)),
    others: await othersIn(session),
    position: await endOfLog(session),
  }));
  if (by.closedBy === undefined) return { closed: false, how: 'its pg_hba.conf turns nobody away' };
  const written = await tryWriteAt(applicationConnection(world, component), component, signal);
  const { closedBy: key, position } = by;
  if (written.accepted) return { closed: false, how: 'its application still writes', closedBy: key };
  if (written.silent) throw cannotTell(component, written.how);
  if (by.others > 0) return { closed: false, how: `${by.others} sessions are still open`, closedBy: key };
  return { closed: true, how: `its application is turned away: ${written.how}`, closedBy: key, position };
}

const cannotTell = (component: string, how: string): KnownError =>
  new KnownError(
    'TARGET_UNREACHABLE',
    `whether the application of ${component} can still write cannot be told: ${how}`,
    'Close it by another way, or let somebody answer for it.',
  );

const onServer = <T>(world: World, component: string, signal: AbortSignal, use: (session: Session) => Promise<T>) =>
  withSession(
    {
      address: { uri: connectionOf(world, component) },
      what: `${component}: fence`,
      signal,
      connectWithin: seconds(3),
    },
    use,
  );

async function requirePrimary(session: Session, component: string): Promise<void> {
  const [row] = await session.query<{ recovering: boolean }>('SELECT pg_catalog.pg_is_in_recovery() AS recovering');
  if (row?.recovering)
    throw new KnownError(
      'TARGET_FAILED',
      `${component} is a replica, so there is nothing to close`,
      'Name the old primary. If somebody has promoted another server already, end this run.',
    );
}

async function readHba(session: Session): Promise<string> {
  const [row] = await session.query<{ text: string }>(
    `SELECT pg_catalog.pg_read_file(current_setting('hba_file')) AS text`,
  );
  return row?.text ?? '';
}

/**
 * The server writes its own file. As CSV with marks that stand in no such file nothing is quoted or escaped, and an empty line is a
 * NULL, which is written as nothing.
 */
async function writeHba(session: Session, text: string): Promise<void> {
  const [row] = await session.query<{ copy: string }>(
    `SELECT format('COPY (SELECT NULLIF(line, '''') FROM unnest(string_to_array(%L, E''\\n'')) WITH ORDINALITY AS l(line, n)
       ORDER BY n) TO %L WITH (FORMAT csv, DELIMITER E''\\x01'', QUOTE E''\\x02'', ESCAPE E''\\x02'')',
       $1::text, current_setting('hba_file')) AS copy`,
    [text.replace(/\n$/, '')],
  );
  await session.query(row?.copy ?? '');
}

async function rolesToRefuse(world: World, component: string, session: Session): Promise<readonly string[]> {
  const rows = await session.query<{ role: string; ours: boolean }>(
    `SELECT rolname AS role, rolname = session_user AS ours FROM pg_catalog.pg_roles WHERE rolcanlogin ORDER BY 1`,
  );
  const application = decodeURIComponent(new URL(applicationConnection(world, component)).username);
  if (rows.some(({ role, ours }) => ours && role === application))
    throw new KnownError(
      'PLAN_INVALID',
      `the application of ${component} logs in as ${application}, as Lifeboat does: it cannot be turned away alone`,
      'Give Lifeboat a role of its own in the connection of the component.',
    );
  return rows.filter(({ ours }) => !ours).map(({ role }) => role);
}

/** How long sessions may take to go after they were told to. */
const PATIENCE = seconds(15);

/** The server takes up its file a moment after it was told to: until the application is turned away, new sessions come in. */
async function endSessionsUntilClosed(
  world: World,
  { component, session, signal }: { component: string; session: Session; signal: AbortSignal },
): Promise<void> {
  const uri = applicationConnection(world, component);
  const end = world.clock.now().getTime() + PATIENCE;
  for (;;) {
    await endOthers(session);
    const written = await tryWriteAt(uri, component, signal);
    // Only now nobody comes in any more: whoever is left came in before.
    if (!written.accepted && !written.silent && (await endOthers(session)) === 0) return;
    if (world.clock.now().getTime() > end)
      throw new KnownError(
        'TIMED_OUT',
        `${component} is not closed: ${written.accepted ? 'its application still writes' : written.how}`,
        'Look at pg_hba.conf and at pg_stat_activity of the server. Or close it by another way.',
      );
    await world.clock.sleep(25, signal);
  }
}

const OTHERS = `FROM pg_catalog.pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid() AND usename <> session_user`;

async function endOthers(session: Session): Promise<number> {
  return (await session.query(`SELECT pg_catalog.pg_terminate_backend(pid) ${OTHERS}`)).length;
}

async function othersIn(session: Session): Promise<number> {
  const [row] = await session.query<{ others: number }>(`SELECT count(*) AS others ${OTHERS}`);
  return row?.others ?? 0;
}

async function endOfLog(session: Session): Promise<string> {
  const [row] = await session.query<{ position: string }>(
    `SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
       ELSE pg_catalog.pg_current_wal_flush_lsn() END::text AS position`,
  );
  return row?.position ?? '0/0';
}
