import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KnownError } from '../../../model/errors.ts';
import type { RestoreRequest, SideInstance } from '../client-api.ts';
import type { Address } from '../connect.ts';
import { connectionOf, database, type World } from '../world.ts';
import { giveTo, type ServerUser, serverUser } from './as-user.ts';
import { findBinaries } from './binaries.ts';
import { withFileErrors } from './file-errors.ts';
import { exists, fillDataFolder, isEmpty, type Place, removeAll, willBeResumed } from './fill.ts';
import { type Marker, readMarker, writeMarker } from './marker.ts';
import { recoverySettings, waitUntilPaused } from './recover.ts';
import { planRestore } from './restore-point.ts';
import { serverStatus, startServer, stopServer } from './server.ts';
import { socketFolderOf } from './sockets.ts';

/** Its server listens on a private unix socket only, so the number only names the socket's file. */
export const PORT = 5432;

export interface Folders extends Place {
  readonly root: string;
  readonly logFile: string;
  readonly socketFolder: string;
  readonly configFile: string;
  readonly hbaFile: string;
}

/** Where a side instance lies. */
export function foldersOf(world: World, instance: string): Folders {
  // The name comes from a plan or a command line, and must not lead out of the work folder.
  if (!/^[a-z0-9][a-z0-9-]*$/.test(instance))
    throw new KnownError(
      'USAGE',
      `"${instance}" is not the name of a side instance`,
      'Take the one restore_side gave.',
    );
  const root = join(world.workFolder, 'instances', instance);
  const dataFolder = join(root, 'data');
  return {
    root,
    dataFolder,
    tablespaceFolder: join(root, 'tablespaces'),
    markerFile: join(root, 'lifeboat.json'),
    logFile: join(root, 'server.log'),
    socketFolder: socketFolderOf(dataFolder),
    configFile: join(root, 'postgresql.conf'),
    hbaFile: join(root, 'pg_hba.conf'),
  };
}

/** Restores beside production: read only, on a private socket, paused exactly at the target. */
export async function restoreSide(world: World, request: RestoreRequest & { instance: string }): Promise<SideInstance> {
  const ready = await lookAtSide(world, request.instance);
  if (ready?.ready && ready.running) return ready;
  const folders = foldersOf(world, request.instance);
  const marker = await readMarker(folders.markerFile);
  if (marker !== undefined && marker.key !== request.key) throw notOurs(request.instance, marker);
  // Only a running instance is joined: after a power cut its files, which were never made durable, cannot be trusted.
  const running = (await serverStatus(folders.dataFolder)).state !== 'stopped';
  if (!running) await discardSide(world, request.instance);
  try {
    const user = await userOf(world, request.component);
    const fillNow = () => withFileErrors(request.instance, () => fill(world, request, { folders, user }));
    const filled = running && marker ? marker : await fillNow();
    return await replay(world, request, { folders, user, marker: filled });
  } catch (error) {
    if (!willBeResumed(request.signal)) await discardSide(world, request.instance);
    throw error;
  }
}

const userOf = (world: World, component: string): Promise<ServerUser | undefined> =>
  serverUser(database(world, component).server?.user);

type Made = { readonly folders: Folders; readonly user: ServerUser | undefined };

async function fill(world: World, request: RestoreRequest, { folders, user }: Made): Promise<Marker> {
  const plan = await planRestore(world, request.component, request.target);
  await mkdir(folders.root, { recursive: true, mode: 0o711 });
  await chmod(folders.root, 0o711);
  const marker = await fillDataFolder(world, { ...request, plan, place: folders, user, durable: false });
  // Its own small configuration: that of the lost server names files, addresses and memory that are not to be had here.
  await writeFile(folders.configFile, CONFIGURATION, { mode: 0o644 });
  await writeFile(folders.hbaFile, TRUST_THE_SOCKET, { mode: 0o644 });
  await writeFile(join(folders.dataFolder, 'postgresql.auto.conf'), '');
  const signalFile = marker.stopBefore === undefined ? 'standby.signal' : 'recovery.signal';
  await writeFile(join(folders.dataFolder, signalFile), '', { mode: 0o600 });
  await giveTo(user, join(folders.dataFolder, signalFile));
  await giveTo(user, join(folders.dataFolder, 'postgresql.auto.conf'));
  return marker;
}

const CONFIGURATION = `# A side instance of Lifeboat: read only, thrown away when it is done.
shared_buffers = 64MB
fsync = off
full_page_writes = off
huge_pages = off
autovacuum = off
jit = off
`;

/** Nobody but the owner of the socket's folder gets as far as this. */
export const TRUST_THE_SOCKET = 'local all all trust\n';

/** Starts the server of a filled folder and waits until it stands where its marker says. */
export async function replay(
  world: World,
  request: Omit<RestoreRequest, 'target' | 'key'> & { instance: string },
  { folders, user, marker }: Made & { marker: Marker },
): Promise<SideInstance> {
  const { dataFolder, logFile, socketFolder } = folders;
  const env = (name: string) => world.env(name);
  const binaries = await findBinaries({ major: marker.major, need: ['postgres'], env, user });
  await startServer({
    binaries,
    dataFolder,
    logFile,
    socketFolder,
    port: PORT,
    listen: '',
    user,
    settings: {
      ...(await recoverySettings(marker, dataFolder, 'pause')),
      config_file: folders.configFile,
      hba_file: folders.hbaFile,
    },
    clock: world.clock,
    signal: request.signal,
  });
  const address = addressOf(world, request.component, folders);
  const { signal } = request;
  const reached = await waitUntilPaused({ world, dataFolder, logFile, address, marker, signal });
  await writeMarker(folders.markerFile, { ...marker, state: 'ready', reachedLsn: reached.lsn });
  request.log(`${request.instance} stands at ${reached.lsn}, read only`);
  return (await lookAtSide(world, request.instance)) as SideInstance;
}

const addressOf = (world: World, component: string, { socketFolder }: Folders): Address => ({
  uri: connectionOf(world, component),
  socketFolder,
  port: PORT,
});

/** What is known of a side instance of this machine; undefined when there is none. */
export async function lookAtSide(world: World, instance: string): Promise<SideInstance | undefined> {
  const folders = foldersOf(world, instance);
  const marker = await readMarker(folders.markerFile);
  if (marker === undefined) return undefined;
  const status = await serverStatus(folders.dataFolder);
  return {
    instance,
    running: status.state === 'running',
    ready: marker.state === 'ready',
    reachedLsn: marker.reachedLsn ?? '0/0',
    backup: marker.backup,
    socketFolder: folders.socketFolder,
  };
}

/** A side instance that stands ready, for those who read from it. */
export interface SidePlace {
  readonly folders: Folders;
  readonly marker: Marker;
}

/** Throws TARGET_FAILED unless the instance is here, ready and running. */
export async function sidePlace(world: World, instance: string): Promise<SidePlace> {
  const folders = foldersOf(world, instance);
  const marker = await readMarker(folders.markerFile);
  const status = await serverStatus(folders.dataFolder);
  if (marker?.state === 'ready' && status.state === 'running') return { folders, marker };
  throw new KnownError(
    'TARGET_FAILED',
    marker === undefined ? `there is no side instance ${instance} here` : `the side instance ${instance} is not ready`,
    `Restore it again with postgres.restore_side. Its folder: ${folders.root}`,
  );
}

export const sideAddress = (world: World, component: string, { folders }: SidePlace): Address =>
  addressOf(world, component, folders);

/** Stops and removes a side instance. A folder that is not marked as ours is refused. */
export async function discardSide(world: World, instance: string): Promise<void> {
  const { root, dataFolder, markerFile, tablespaceFolder, socketFolder } = foldersOf(world, instance);
  if (!(await exists(root))) return;
  // A restore that failed has emptied its folder already: that is no reason to hide why it failed.
  if ((await readMarker(markerFile)) === undefined && !(await isEmpty(dataFolder)))
    throw new KnownError(
      'TARGET_NOT_EMPTY',
      `${root} is not marked as a side instance; nothing was removed`,
      'Look into it, and remove it by hand if it is not needed.',
    );
  await stopServer({ dataFolder, mode: 'immediate', clock: world.clock });
  // The marker goes last, so that a removal cut off midway is still known as ours.
  for (const folder of [dataFolder, tablespaceFolder, socketFolder, root]) await removeAll(folder);
}

const notOurs = (instance: string, marker: Marker): KnownError =>
  new KnownError(
    'TARGET_NOT_EMPTY',
    `the side instance ${instance} was made by ${marker.key}`,
    'Discard it with postgres.discard_side, or use it as it is.',
  );
