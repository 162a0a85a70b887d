import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KnownError } from '../../../model/errors.ts';
import type { Address, Session } from '../connect.ts';
import { withSession } from '../connect.ts';
import { giveTo, serverUser } from '../instance/as-user.ts';
import { stopServer } from '../instance/server.ts';
import { replay, type SidePlace, sideAddress, sidePlace } from '../instance/side.ts';
import { database, type World } from '../world.ts';

/** A side instance that nobody needs afterwards: it may be replayed further, written to and stopped. */
export interface Throwaway {
  readonly world: World;
  readonly component: string;
  readonly instance: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** The way in as a superuser, whoever the plan connects as: on its private socket nobody is asked for a password. */
export async function asSuperuser(throwaway: Throwaway): Promise<Address & { socketFolder: string }> {
  const { world, component, instance, signal } = throwaway;
  const address = sideAddress(world, component, await sidePlace(world, instance));
  const what = `${component}: look into the restored server`;
  const [role] = await withSession({ address, what, signal }, (session) =>
    session.query<{ name: string }>(
      `SELECT rolname::text AS name FROM pg_catalog.pg_roles WHERE rolsuper AND rolcanlogin
       ORDER BY rolname = session_user DESC, oid LIMIT 1`,
    ),
  );
  if (role === undefined)
    throw new KnownError(
      'TARGET_FAILED',
      `${component}: the restored server has no superuser`,
      'Restore another point.',
    );
  return { ...(address as Address & { socketFolder: string; port: number }), user: role.name };
}

/** Starts it again without a target: all the log that is stored is replayed. Returns where it stands then. */
export async function replayToEnd(throwaway: Throwaway): Promise<string> {
  const { world, component, instance, signal, log } = throwaway;
  const { folders, marker } = await sidePlace(world, instance);
  const user = await serverUser(database(world, component).server?.user);
  await stopServer({ dataFolder: folders.dataFolder, mode: 'fast', clock: world.clock, signal });
  await rm(join(folders.dataFolder, 'recovery.signal'), { force: true });
  const signalFile = join(folders.dataFolder, 'standby.signal');
  await writeFile(signalFile, '', { mode: 0o600 });
  await giveTo(user, signalFile);
  const { stopBefore: _, ...toTheEnd } = marker;
  const ready = await replay(world, { component, instance, signal, log }, { folders, user, marker: toTheEnd });
  return ready.reachedLsn;
}

/** Ends the recovery, so that it can be written to: an extension can be made, and unlogged tables can be read. */
export async function promote(address: Address, { component, signal }: Throwaway): Promise<void> {
  const what = `${component}: end the recovery of the restored server`;
  await withSession({ address, what, signal }, async (session) => {
    const [done] = await session.query<{ promoted: boolean }>('SELECT pg_catalog.pg_promote(true, 600) AS promoted');
    if (done?.promoted !== true)
      throw new KnownError(
        'TARGET_FAILED',
        `${what}: it did not end within 10 minutes`,
        'Look at the log of the server.',
      );
  });
}

export const inside = <T>(address: Address, { component, signal }: Throwaway, use: (session: Session) => Promise<T>) =>
  withSession({ address, what: `${component}: verify`, signal }, use);

/** Writes down what it has in memory and ends it, so that its files are as they would be found. */
export async function stopThrowaway({ folders }: SidePlace, { world, signal }: Throwaway): Promise<void> {
  await stopServer({ dataFolder: folders.dataFolder, mode: 'fast', clock: world.clock, signal });
}
