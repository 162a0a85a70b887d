import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KnownError } from '../../../model/errors.ts';
import type { OpenRequest, RestoredServer, RestoreRequest } from '../client-api.ts';
import type { Address } from '../connect.ts';
import { connectionOf, serverPlace, type World } from '../world.ts';
import { giveTo, runProgram, type ServerUser, serverUser } from './as-user.ts';
import { findBinaries } from './binaries.ts';
import { writeDurably } from './durable.ts';
import { withFileErrors } from './file-errors.ts';
import { exists, fillDataFolder, isEmpty, type Place, removeStamp, requireFree } from './fill.ts';
import { type Marker, readMarker, writeMarker } from './marker.ts';
import { QUARANTINE, recoverySettings, waitUntilPromoted } from './recover.ts';
import { planRestore } from './restore-point.ts';
import { type ServerStatus, type StartServer, serverStatus, startServer, stopServer } from './server.ts';
import { TRUST_THE_SOCKET } from './side.ts';
import { requireFreePort, socketFolderOf } from './sockets.ts';

interface ServerPlace extends Place {
  readonly logFile: string;
  readonly socketFolder: string;
  readonly hbaFile: string;
  readonly listen: string;
  readonly port: number;
  readonly userName?: string | undefined;
}

function placeOf(world: World, component: string): ServerPlace {
  const { data_folder, listen, port, user } = serverPlace(world, component);
  const beside = data_folder.replace(/\/+$/, '');
  return {
    dataFolder: beside,
    tablespaceFolder: `${beside}.tablespaces`,
    markerFile: `${beside}.lifeboat.json`,
    logFile: `${beside}.log`,
    socketFolder: socketFolderOf(beside),
    hbaFile: `${beside}.quarantine_hba.conf`,
    listen,
    port,
    userName: user,
  };
}

/** What is in the data folder of the component. */
export async function dataFolderState(
  world: World,
  component: string,
): Promise<'missing' | 'empty' | 'present' | 'not configured'> {
  if (!hasServer(world, component)) return 'not configured';
  const { dataFolder } = placeOf(world, component);
  if (!(await exists(dataFolder))) return 'missing';
  return (await isEmpty(dataFolder)) ? 'empty' : 'present';
}

/** True when a server of the component's data folder runs on this machine, whatever its address answers. */
export async function runsHere(world: World, component: string): Promise<boolean> {
  if (!hasServer(world, component)) return false;
  return (await serverStatus(placeOf(world, component).dataFolder)).state !== 'stopped';
}

/** Restores the server itself into its data folder, replays, promotes, and leaves it where only we reach it. */
export async function restoreServer(world: World, request: RestoreRequest): Promise<RestoredServer> {
  const place = placeOf(world, request.component);
  const user = await serverUser(place.userName);
  let marker = await ours(place, request.key);
  if (marker === undefined || marker.state === 'restoring') {
    await requireStopped(request.component, place);
    if (!request.delta) await requireFree(place, request.key);
    await requireFreePort(place.listen, place.port);
    const plan = await planRestore(world, request.component, request.target);
    const { major } = plan.line.manifest.facts;
    await findBinaries({ major: Number(major), need: ['postgres'], env: (name) => world.env(name), user });
    marker = await fillDataFolder(world, { ...request, plan, place, user, durable: true });
  }
  if (marker.state === 'replaying') marker = await replay(world, request, { place, user, marker });
  else if ((await serverStatus(place.dataFolder)).state === 'stopped')
    await startQuarantined(world, { place, user, marker, signal: request.signal });
  return (await lookAtServer(world, request.component)) as RestoredServer;
}

/** Somebody may have skipped the question whether it is lost: nobody is told to move a running server's folder away. */
async function requireStopped(component: string, { dataFolder }: ServerPlace): Promise<void> {
  if ((await serverStatus(dataFolder)).state === 'stopped') return;
  throw new KnownError(
    'TARGET_HEALTHY',
    `a server runs in ${dataFolder}: ${component} is not lost, and nothing was written`,
    'Replacing a living server would lose what it holds. If it must go, stop it first.',
  );
}

/** The marker of a restore by this key, if the folder still holds what it speaks of. */
async function ours(place: ServerPlace, key: string): Promise<Marker | undefined> {
  const marker = await readMarker(place.markerFile);
  return marker?.key === key && !(await isEmpty(place.dataFolder)) ? marker : undefined;
}

interface Made {
  readonly place: ServerPlace;
  readonly user: ServerUser | undefined;
  readonly marker: Marker;
}

async function replay(world: World, request: RestoreRequest, made: Made): Promise<Marker> {
  const { place, user, marker } = made;
  const { dataFolder, logFile } = place;
  await withFileErrors(`${request.component}: restore`, () => prepareReplay(place, user));
  const settings = await recoverySettings(marker, dataFolder, 'promote');
  const { signal } = request;
  await start(world, { ...made, signal }, { listen: '', settings: { ...settings, hba_file: place.hbaFile } });
  const address = quarantineAddress(world, request.component);
  const reached = await waitUntilPromoted({ world, dataFolder, logFile, address, marker, signal });
  request.log(`promoted at ${reached.lsn} on timeline ${reached.timeline}; only Lifeboat reaches it`);
  const ready: Marker = {
    ...marker,
    state: 'ready',
    reachedLsn: reached.lsn,
    newTimeline: reached.timeline,
    lastCommitAt: reached.lastCommitAt,
  };
  await writeMarker(place.markerFile, ready);
  return ready;
}

async function prepareReplay(place: ServerPlace, user: ServerUser | undefined): Promise<void> {
  await removeStamp(place);
  await writeConfiguration(place, user);
  const signalFile = join(place.dataFolder, 'recovery.signal');
  await writeDurably(signalFile, '');
  await giveTo(user, signalFile);
}

/** A cluster whose configuration lay outside its data folder (Debian: /etc/postgresql) gets a small one that serves. */
async function writeConfiguration({ dataFolder, hbaFile, listen, port }: ServerPlace, user: ServerUser | undefined) {
  await writeFile(hbaFile, TRUST_THE_SOCKET, { mode: 0o644 });
  const files = {
    'postgresql.conf': `# Written by Lifeboat: the backup held no configuration.\nlisten_addresses = '${listen}'\nport = ${port}\n`,
    // The method md5 takes both kinds of stored passwords.
    'pg_hba.conf': 'local all all peer\nhost all all all md5\nhost replication all all md5\n',
    'pg_ident.conf': '',
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(dataFolder, name);
    if (await exists(path)) continue;
    await writeDurably(path, text);
    await giveTo(user, path);
  }
}

type Starting = Made & { readonly signal: AbortSignal };

async function start(
  world: World,
  { place, user, marker, signal }: Starting,
  how: Pick<StartServer, 'listen' | 'settings'>,
): Promise<ServerStatus> {
  const { dataFolder, logFile, socketFolder, port } = place;
  const binaries = await findBinaries({
    major: marker.major,
    need: ['postgres'],
    env: (name) => world.env(name),
    user,
  });
  return startServer({ binaries, dataFolder, logFile, socketFolder, port, user, clock: world.clock, signal, ...how });
}

const startQuarantined = (world: World, starting: Starting): Promise<ServerStatus> =>
  start(world, starting, { listen: '', settings: { ...QUARANTINE, hba_file: starting.place.hbaFile } });

/** How we reach the server while nobody else does. */
export function quarantineAddress(world: World, component: string): Address {
  const { socketFolder, port } = placeOf(world, component);
  return { uri: connectionOf(world, component), socketFolder, port };
}

/** Where to ask the database: on the private socket while it is closed to others, else on its real address. */
export async function currentAddress(world: World, component: string): Promise<Address> {
  const uri = connectionOf(world, component);
  if (!hasServer(world, component)) return { uri };
  const server = await lookAtServer(world, component);
  return server?.state === 'quarantined' ? quarantineAddress(world, component) : { uri };
}

function hasServer(world: World, name: string): boolean {
  const component = world.plan.components[name];
  return component?.kind === 'postgres' && component.server !== undefined;
}

/** What we know of a server that we restored; undefined when the data folder holds nothing of ours. */
export async function lookAtServer(world: World, component: string): Promise<RestoredServer | undefined> {
  const place = placeOf(world, component);
  const marker = await readMarker(place.markerFile);
  if (marker === undefined || marker.component !== component || (await isEmpty(place.dataFolder))) return undefined;
  const status = await serverStatus(place.dataFolder);
  const unfinished = marker.state === 'restoring' || marker.state === 'replaying';
  return {
    key: marker.key,
    state: unfinished ? 'restoring' : marker.state === 'open' ? 'open' : 'quarantined',
    running: status.state === 'running',
    ...(status.state === 'running' && status.listens ? { listening: status.port } : {}),
    backup: marker.backup,
    timeline: marker.newTimeline ?? marker.timeline,
    reachedLsn: marker.reachedLsn ?? '0/0',
    lastCommitAt: marker.lastCommitAt ?? null,
  };
}

async function restored(world: World, component: string): Promise<{ place: ServerPlace; marker: Marker }> {
  const place = placeOf(world, component);
  const marker = await readMarker(place.markerFile);
  if (marker?.state === 'ready' || marker?.state === 'open') return { place, marker };
  throw new KnownError(
    'TARGET_FAILED',
    `${place.dataFolder} holds no server that Lifeboat has restored`,
    'Restore it first with postgres.restore_server.',
  );
}

/** Restarts the restored server on its real address, under its own configuration. */
export async function openServer(world: World, request: OpenRequest): Promise<{ address: string; port: number }> {
  const { component, signal } = request;
  const { place, marker } = await restored(world, component);
  const { dataFolder, listen, port } = place;
  const status = await serverStatus(dataFolder);
  if (status.state !== 'running' || !status.listens) {
    // Looked at before the stop: a taken port must not cost us the server that runs.
    await requireFreePort(listen, port);
    await stopServer({ dataFolder, mode: 'fast', clock: world.clock, signal });
    const user = await serverUser(place.userName);
    const settings = await withoutStandbys(world, { place, user, marker, signal }, request);
    await start(world, { place, user, marker, signal }, { listen, settings });
  }
  await writeMarker(place.markerFile, { ...marker, state: 'open' });
  return { address: listen, port };
}

/** Standbys of the lost server do not follow this one: waiting for them, every commit would hang. */
async function withoutStandbys(
  world: World,
  { place, user, marker }: Starting,
  { log }: OpenRequest,
): Promise<Readonly<Record<string, string>>> {
  const env = (name: string) => world.env(name);
  const { folder } = await findBinaries({ major: marker.major, need: ['postgres'], env, user });
  const asked = ['-D', place.dataFolder, '-C', 'synchronous_standby_names'];
  const names = (await runProgram(join(folder, 'postgres'), asked, { user })).stdout.trim();
  if (names === '') return {};
  log(`commits do not wait for the standbys ${names} until the server is started anew: they do not follow this one`);
  return { synchronous_standby_names: '' };
}

/** Restarts the restored server so that only we reach it. */
export async function quarantineServer(world: World, component: string, signal: AbortSignal): Promise<void> {
  const { place, marker } = await restored(world, component);
  await writeMarker(place.markerFile, { ...marker, state: 'ready' });
  const status = await serverStatus(place.dataFolder);
  if (status.state === 'running' && !status.listens) return;
  await stopServer({ dataFolder: place.dataFolder, mode: 'fast', clock: world.clock, signal });
  const user = await serverUser(place.userName);
  await startQuarantined(world, { place, user, marker, signal });
}
