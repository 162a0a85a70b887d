import { chmod, chown, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KnownError } from '../../../model/errors.ts';
import { formatLsn } from '../../../model/lsn.ts';
import type { RestoreRequest } from '../client-api.ts';
import type { World } from '../world.ts';
import { closedFolder, type ServerUser } from './as-user.ts';
import { syncAllBelow, syncFolder } from './durable.ts';
import { withFileErrors } from './file-errors.ts';
import { writeFilesAndLog } from './files-and-log.ts';
import { type Marker, readMarker, writeMarker } from './marker.ts';
import { type Newcomer, removeForeign, requireSameSystem } from './own-folder.ts';
import { describeStop, type RestorePlan } from './restore-point.ts';
import { progressLines } from './restore-progress.ts';
import { stopServer } from './server.ts';
import { STAMP } from './stamp.ts';
import { listOfFiles } from './unpack.ts';

/** A data folder to be filled, and what stands beside it. */
export interface Place {
  readonly dataFolder: string;
  readonly tablespaceFolder: string;
  readonly markerFile: string;
}

/** Throws TARGET_NOT_EMPTY unless the folder is missing, empty, or holds the rest of a restore by the same key. Writes nothing. */
export async function requireFree(place: Place, key: string): Promise<void> {
  if (await isEmpty(place.dataFolder)) return;
  const marker = await readMarker(place.markerFile);
  if (marker?.key === key && marker.state === 'restoring' && (await isStamped(place, key))) return;
  throw new KnownError(
    'TARGET_NOT_EMPTY',
    `${place.dataFolder} holds something already; nothing was written`,
    marker === undefined
      ? 'If it is not needed any more, move it away, then try again.'
      : `It was restored there by ${marker.key}. If it is not needed any more, move it and ${place.markerFile} away, then try again.`,
  );
}

/** A kill while the stamp itself was written leaves it short, and alone: nothing else is put there before it is whole. */
async function isStamped({ dataFolder }: Place, key: string): Promise<boolean> {
  const stamp = await readFile(join(dataFolder, STAMP), 'utf8').catch(() => undefined);
  if (stamp === key) return true;
  const names = await readdir(dataFolder);
  return stamp !== undefined && key.startsWith(stamp) && names.every((name) => name === STAMP || name === 'lost+found');
}

export async function isEmpty(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cannotLook(folder, cause);
  });
  return names.every((name) => name === 'lost+found');
}

const cannotLook = (folder: string, cause: NodeJS.ErrnoException): KnownError =>
  new KnownError(
    cause.code === 'ENOTDIR' ? 'TARGET_NOT_EMPTY' : 'TARGET_DENIED',
    `${folder} cannot be looked into (${cause.code})`,
    'A restore needs a folder that we may read and write.',
    cause,
  );

export interface FillRequest extends RestoreRequest {
  readonly plan: RestorePlan;
  readonly place: Place;
  readonly user: ServerUser | undefined;
  /** Whether the files must survive a power cut: a server's do, those of a side instance are made again. */
  readonly durable: boolean;
}

/**
 * Fills the data folder from the repository. Cut off anywhere, it is begun again by the same key; failed, it leaves nothing, except
 * where it goes over what was there: then it leaves what is restored so far, for the next try.
 */
export async function fillDataFolder(world: World, request: FillRequest): Promise<Marker> {
  const { place, user, component, key, signal } = request;
  return withFileErrors(`${component}: restore into ${place.dataFolder}`, async () => {
    const over = request.delta === true && !(await isEmpty(place.dataFolder));
    if (over) await requireSameSystem(place, newcomer(request));
    else await requireFree(place, key);
    await requireWay(place, user);
    try {
      return await fill(world, { ...request, delta: over });
    } catch (error) {
      if (!over && !willBeResumed(signal)) await clear(world, place, 'all');
      throw error;
    }
  });
}

const newcomer = ({ plan }: FillRequest): Newcomer => {
  const { system, major } = plan.line.manifest.facts;
  return { system: String(system), major: Number(major) };
};

/** A person who interrupts means to go on later from where it stands; any other end leaves nothing behind. */
export const willBeResumed = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && !(reason instanceof KnownError && reason.code === 'TIMED_OUT');

async function fill(world: World, request: FillRequest): Promise<Marker> {
  const { place, plan, user, signal } = request;
  const marker = markerOf(request);
  const { repository } = world;
  const over = request.delta === true;
  // Before anything of the old goes: a backup whose list cannot be read brings nothing back.
  const listed = await listOfFiles(repository, plan.line.manifest);
  await writeMarker(place.markerFile, marker);
  if (!over) await clear(world, place, 'contents');
  await makeDataFolder(place, user, request.key);
  if (over) await removeForeign(place, listed);
  const how = over ? 'restoring what differs from' : 'restoring';
  request.log(`${how} the backup ${marker.backup}, then replaying the log to ${describeStop(plan)}`);
  await writeFilesAndLog({
    repository,
    plan,
    listed,
    keepRight: over,
    dataFolder: place.dataFolder,
    tablespaceFolder: place.tablespaceFolder,
    user,
    signal,
    onProgress: progressLines(bytesOf(plan), world.clock, request.log),
  });
  if (request.durable) await syncAllBelow(place.dataFolder);
  const whole: Marker = { ...marker, state: 'replaying' };
  await writeMarker(place.markerFile, whole);
  await removeStamp(place);
  return whole;
}

/** Only after the marker says that the files are whole: without the stamp they could not be told from somebody else's. */
export const removeStamp = ({ dataFolder }: Place): Promise<void> => rm(join(dataFolder, STAMP), { force: true });

function markerOf({ plan, component, key }: FillRequest): Marker {
  const { facts, id } = plan.line.manifest;
  return {
    format: 1,
    key,
    state: 'restoring',
    component,
    backup: id,
    major: Number(facts.major),
    system: String(facts.system),
    timeline: plan.line.point.log?.timeline ?? Number(facts.timeline),
    startLsn: String(facts.startLsn),
    ...(plan.stopBefore === undefined ? {} : { stopBefore: formatLsn(plan.stopBefore) }),
  };
}

async function requireWay({ dataFolder }: Place, user: ServerUser | undefined): Promise<void> {
  const closed = await closedFolder(user, dirname(dataFolder));
  if (closed === undefined) return;
  throw new KnownError(
    'TARGET_DENIED',
    `the user ${user?.name} that runs PostgreSQL cannot enter ${closed}; nothing was written`,
    `Let others pass through it (chmod o+x ${closed}), or use a folder elsewhere.`,
  );
}

/** Removes what a restore by the same key left; called only after `requireFree`. */
async function clear({ clock }: World, place: Place, what: 'contents' | 'all'): Promise<void> {
  const { dataFolder, tablespaceFolder, markerFile } = place;
  await stopServer({ dataFolder, mode: 'immediate', clock });
  const names = await readdir(dataFolder).catch(() => []);
  // The stamp goes last: without it the folder would look like somebody else's.
  for (const name of names) if (name !== STAMP && name !== 'lost+found') await removeAll(join(dataFolder, name));
  await removeAll(tablespaceFolder);
  if (what === 'contents') return;
  await removeStamp(place);
  await removeAll(markerFile);
}

export const removeAll = (path: string): Promise<void> => rm(path, { recursive: true, force: true });

async function makeDataFolder({ dataFolder, tablespaceFolder }: Place, user: ServerUser | undefined, key: string) {
  for (const folder of [dataFolder, tablespaceFolder]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    if (user) await chown(folder, user.uid, user.gid);
  }
  await writeFile(join(dataFolder, STAMP), key);
  await syncFolder(dataFolder);
}

const bytesOf = ({ line }: RestorePlan): number => line.manifest.parts.reduce((sum, part) => sum + part.plainBytes, 0);

/** True when there is something at the path, a dangling link included. */
export const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
