import { seconds } from '../../lib/duration.ts';
import { KnownError } from '../../model/errors.ts';
import type { RoleState } from './client-api.ts';
import { type Session, withSession } from './connect.ts';
import { quoted } from './rows/names.ts';
import { connectionOf, type World } from './world.ts';

const sessionFor = <T>(
  world: World,
  component: string,
  role: string,
  use: (session: Session) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> =>
  withSession({ address: { uri: connectionOf(world, component) }, what: `${component}: role ${role}`, signal }, use);

/** What the server says of a role; undefined when it has none of that name. */
export const readRole = (world: World, component: string, role: string): Promise<RoleState | undefined> =>
  sessionFor(world, component, role, async (session) => {
    const [row] = await session.query<RoleState>(
      `SELECT r.rolcanlogin AS "canLogin", r.rolsuper AS superuser, r.rolname = session_user AS ours,
         (SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.usesysid = r.oid) AS sessions
       FROM pg_catalog.pg_roles r WHERE r.rolname = $1`,
      [role],
    );
    return row;
  });

export const unblockRole = (world: World, component: string, role: string): Promise<void> =>
  sessionFor(world, component, role, async (session) => {
    await session.query(`ALTER ROLE ${quoted(role)} LOGIN`);
  });

/** How long sessions may take to go after they were told to. */
const PATIENCE = seconds(15);

/**
 * Keeps the role out and ends its sessions. Both are told to the server in one transaction, so that a crash of ours
 * leaves no blocked role whose sessions work on. Then it waits until they are gone.
 */
export const blockRole = (world: World, component: string, role: string, signal: AbortSignal): Promise<number> =>
  sessionFor(
    world,
    component,
    role,
    async (session) => {
      await session.query('BEGIN');
      await session.query(`ALTER ROLE ${quoted(role)} NOLOGIN`);
      const ended = new Set(await endSessions(session, role));
      await session.query('COMMIT');
      const end = world.clock.now().getTime() + PATIENCE;
      // Whoever logged in while the transaction was open is met here.
      for (let left = await endSessions(session, role); left.length > 0; left = await endSessions(session, role)) {
        for (const pid of left) ended.add(pid);
        if (world.clock.now().getTime() > end) throw stillThere(component, role, left.length);
        await world.clock.sleep(50, signal);
      }
      return ended.size;
    },
    signal,
  );

async function endSessions(session: Session, role: string): Promise<readonly number[]> {
  const rows = await session.query<{ pid: number }>(
    `SELECT a.pid, pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a
     WHERE a.usename = $1 AND a.pid <> pg_catalog.pg_backend_pid()`,
    [role],
  );
  return rows.map(({ pid }) => pid);
}

const stillThere = (component: string, role: string, sessions: number): KnownError =>
  new KnownError(
    'TIMED_OUT',
    `${component}: ${sessions} sessions of ${role} do not end`,
    'The role cannot log in any more. Look at its sessions in pg_stat_activity, then try again.',
  );
