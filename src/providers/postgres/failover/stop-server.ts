import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { seconds } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { giveTo, serverUser } from '../instance/as-user.ts';
import { findBinaries } from '../instance/binaries.ts';
import { writeDurably } from '../instance/durable.ts';
import { isEmpty } from '../instance/fill.ts';
import { serverStatus, startServer, stopServer } from '../instance/server.ts';
import { socketFolderOf } from '../instance/sockets.ts';
import { serverPlace, type World } from '../world.ts';
import type { FenceRequest, FenceState } from './client-api.ts';
import { probe } from './probe.ts';

/** With this file a server only follows, whoever starts it, and however often. */
const ONLY_FOLLOWS = 'standby.signal';

/** Stops the server of a data folder on this machine, and keeps it from ever coming back as a primary by itself. */
export async function stopForGood(world: World, request: FenceRequest): Promise<FenceState> {
  const folder = await requireFolder(world, request.component);
  const user = await serverUser(serverPlace(world, request.component).user);
  // First the file: a supervisor may start the server again in the moment after it was stopped.
  const file = join(folder, ONLY_FOLLOWS);
  await writeDurably(file, '');
  await giveTo(user, file);
  await writeDurably(markerOf(folder), request.key);
  const stopping = { dataFolder: folder, clock: world.clock, signal: request.signal };
  await stopServer({ ...stopping, mode: 'fast', timeout: seconds(10) }).catch((error: unknown) => {
    if (error instanceof KnownError && error.code === 'TIMED_OUT')
      return stopServer({ ...stopping, mode: 'immediate' });
    throw error;
  });
  return isStopped(world, request);
}

export async function isStopped(world: World, { component, signal }: FenceRequest): Promise<FenceState> {
  const folder = await requireFolder(world, component);
  const key = await readFile(markerOf(folder), 'utf8').catch(() => undefined);
  const by = key === undefined ? {} : { closedBy: key };
  const { state } = await serverStatus(folder);
  if (state !== 'stopped') return { closed: false, how: 'its server runs', ...by };
  if (!(await exists(join(folder, ONLY_FOLLOWS))))
    return { closed: false, how: `it is stopped, and would come back as a primary: no ${ONLY_FOLLOWS}`, ...by };
  const seen = await probe(world, component, signal);
  if (seen.reached === 'write') return { closed: false, how: `another server takes writes at its address`, ...by };
  return { closed: true, how: 'it is stopped, and may only follow when it is started', ...by };
}

/** Lets it be a primary again, and starts it. */
export async function startAgain(world: World, { component, signal }: FenceRequest): Promise<void> {
  const folder = await requireFolder(world, component);
  if (!(await exists(markerOf(folder)))) return;
  await rm(join(folder, ONLY_FOLLOWS), { force: true });
  await startHere(world, component, signal);
  await rm(markerOf(folder), { force: true });
}

/** Starts the server of a component on its real address. */
export async function startHere(world: World, component: string, signal: AbortSignal): Promise<void> {
  const { data_folder, listen, port, user: name } = serverPlace(world, component);
  const folder = data_folder.replace(/\/+$/, '');
  const user = await serverUser(name);
  const major = Number.parseInt(await readFile(join(folder, 'PG_VERSION'), 'utf8'), 10);
  const binaries = await findBinaries({ major, need: ['postgres'], env: (one) => world.env(one), user });
  const place = { dataFolder: folder, logFile: `${folder}.log`, socketFolder: socketFolderOf(folder) };
  await startServer({ ...place, binaries, listen, port, user, clock: world.clock, signal, timeout: seconds(120) });
}

async function requireFolder(world: World, component: string): Promise<string> {
  const folder = serverPlace(world, component).data_folder.replace(/\/+$/, '');
  if (!(await isEmpty(folder))) return folder;
  throw new KnownError(
    'TARGET_FAILED',
    `the data folder of ${component}, ${folder}, is not on this machine, so nothing here can keep its server stopped`,
    'Close it by another way: refuse_logins, command, or the word of somebody who sees to it.',
  );
}

/** Where the step that stopped it is kept. */
export const markerOf = (folder: string): string => `${folder}.lifeboat-fence`;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
