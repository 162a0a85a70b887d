import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { minutes } from '../../../lib/duration.ts';
import { errorRecord, KnownError } from '../../../model/errors.ts';
import { type ServerUser, serverUser } from '../instance/as-user.ts';
import { type Binaries, findBinaries } from '../instance/binaries.ts';
import { readControlFile } from '../instance/control-file.ts';
import { logTail, serverStatus, stopServer } from '../instance/server.ts';
import { openReplication } from '../stream/replication.ts';
import { connectionOf, serverPlace, type World } from '../world.ts';
import type { Following, RejoinRequest } from './client-api.ts';
import { type Filling, fillFromPrimary, oldFolder } from './fill-from-primary.ts';
import { following, followingSlot, readRejoinMarker } from './following.ts';
import { followIn } from './own-files.ts';
import { allowLogins } from './refuse-logins.ts';
import { standing } from './standing.ts';
import { markerOf, startHere } from './stop-server.ts';

/**
 * Makes the old primary a replica of the new one: rewound to where the two parted, or, where that cannot be done, copied anew while
 * the old files are kept beside. Each stage is kept, so that another try goes on where the one before ended.
 */
export async function rejoin(world: World, request: RejoinRequest): Promise<Following> {
  const { component, primary, key, signal } = request;
  const folder = serverPlace(world, component).data_folder.replace(/\/+$/, '');
  const user = await serverUser(serverPlace(world, component).user);
  const filling = { ...request, world, folder, user, binaries: await programs(world, { folder, key }, user) };
  const marker = await readRejoinMarker(folder);
  if (marker?.key !== key) await requireSameSystem(filling);
  await reserveLog(world, primary, component, signal);
  if (marker?.key !== key || marker.stage !== 'filled') {
    await stopServer({ dataFolder: folder, mode: 'fast', clock: world.clock, signal });
    await fillFromPrimary(filling, marker);
  }
  if ((await serverStatus(folder)).state === 'stopped') {
    await followIn(folder, user, { uri: connectionOf(world, primary), slot: followingSlot(component) });
    await startHere(world, component, signal);
  }
  const followed = await waitUntilFollowing(filling);
  await takeFenceAway(filling);
  return followed;
}

async function programs(
  world: World,
  place: Pick<Filling, 'folder' | 'key'>,
  user: ServerUser | undefined,
): Promise<Binaries> {
  // While it is copied anew, only its old files say what it is.
  const version = (await versionIn(place.folder)) ?? (await versionIn(oldFolder(place)));
  if (version === undefined)
    throw new KnownError(
      'TARGET_FAILED',
      `${place.folder} holds no server, so there is nothing that could follow`,
      'Restore it there first, or mount its disk. A replica elsewhere is made with pg_basebackup.',
    );
  const env = (name: string) => world.env(name);
  return findBinaries({ major: version, need: ['postgres', 'pg_basebackup', 'pg_controldata'], env, user });
}

async function versionIn(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

async function requireSameSystem({ world, component, primary, folder, signal }: Filling): Promise<void> {
  const [{ system }, ahead] = [await readControlFile(folder), await standing(world, primary, signal)];
  const why = ahead.inRecovery
    ? `${primary} is a replica itself: there is nobody to follow`
    : `${component} and ${primary} are different systems (${system}, ${ahead.system})`;
  if (!ahead.inRecovery && ahead.system === system) return;
  throw new KnownError('TARGET_FAILED', why, 'Look at both connections. Nothing was stopped or changed.');
}

/** From here on the new primary keeps its log for the server that will follow it. */
async function reserveLog(world: World, primary: string, component: string, signal: AbortSignal): Promise<void> {
  const replication = await openReplication({ connection: connectionOf(world, primary), component: primary, signal });
  try {
    await replication.createSlot(followingSlot(component));
  } finally {
    await replication.close();
  }
}

/** As long may it take to replay what it lacks and to find its stream. */
const FOLLOWS_WITHIN = minutes(10);

async function waitUntilFollowing({ world, component, primary, folder, signal }: Filling): Promise<Following> {
  const end = world.clock.now().getTime() + FOLLOWS_WITHIN;
  for (;;) {
    const seen = await following(world, { component, primary, signal });
    if (seen.follows) return seen;
    const { state } = await serverStatus(folder);
    if (state === 'stopped' || world.clock.now().getTime() > end)
      throw new KnownError(
        state === 'stopped' ? 'TARGET_FAILED' : 'TIMED_OUT',
        `${component} does not follow ${primary}: ${seen.how}\n${await logTail(`${folder}.log`)}`,
        `Its log is ${folder}.log. It is left as it is; another try goes on from here.`,
      );
    await world.clock.sleep(100, signal);
  }
}

/** Its pg_hba.conf may lie outside of the data folder: then only the server itself reaches it. */
async function takeFenceAway({ world, component, key, folder, signal, log }: Filling): Promise<void> {
  await rm(markerOf(folder), { force: true });
  await allowLogins(world, { component, way: { by: 'refuse_logins' }, key, signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    const { code, message } = errorRecord(error);
    if (code !== 'TARGET_DENIED') throw error;
    log(`whether it still turns its application away could not be looked at: ${message}`);
  });
}
