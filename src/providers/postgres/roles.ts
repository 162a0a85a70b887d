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

export const setLogin = (world: World, component: string, role: string, allowed: boolean): Promise<void> =>
  sessionFor(world, component, role, async (session) => {
    await session.query(`ALTER ROLE ${quoted(role)} ${allowed ? 'LOGIN' : 'NOLOGIN'}`);
  });

/** How long sessions may take to go after they were told to. */
const PATIENCE = seconds(15);

/** Ends every session of a role and waits until none is left. */
export const endSessions = (world: World, component: string, role: string, signal: AbortSignal): Promise<number> =>
  sessionFor(
    world,
    component,
    role,
    async (session) => {
      const ended = new Set<number>();
      const end = world.clock.now().getTime() + PATIENCE;
      for (;;) {
        const rows = await session.query<{ pid: number }>(
          `SELECT a.pid, pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a
           WHERE a.usename = $1 AND a.pid <> pg_catalog.pg_backend_pid()`,
          [role],
        );
        for (const { pid } of rows) ended.add(pid);
        if (rows.length === 0) return ended.size;
        if (world.clock.now().getTime() > end) throw stillThere(component, role, rows.length);
        await world.clock.sleep(100, signal);
      }
    },
    signal,
  );

const stillThere = (component: string, role: string, sessions: number): KnownError =>
  new KnownError(
    'TIMED_OUT',
    `${component}: ${sessions} sessions of ${role} do not end`,
    'The role cannot log in any more. Look at its sessions in pg_stat_activity, then try again.',
  );
