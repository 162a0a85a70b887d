import { readFile } from 'node:fs/promises';
import { seconds } from '../../../lib/duration.ts';
import { errorRecord } from '../../../model/errors.ts';
import { parseLsn } from '../../../model/lsn.ts';
import { openReplication } from '../stream/replication.ts';
import { connectionOf, serverPlace, type World } from '../world.ts';
import type { Following, REJOIN_METHODS, RejoinRequest, ServerStanding } from './client-api.ts';
import { standing } from './standing.ts';

/** What is kept beside the data folder of a server that was attached to a new primary. */
export interface RejoinMarker {
  readonly key: string;
  readonly stage: 'keeping' | 'rewinding' | 'copying' | 'filled';
  readonly method?: (typeof REJOIN_METHODS)[number];
}

export const rejoinMarkerOf = (folder: string): string => `${folder}.lifeboat-rejoin.json`;

export async function readRejoinMarker(folder: string): Promise<RejoinMarker | undefined> {
  const text = await readFile(rejoinMarkerOf(folder), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as RejoinMarker);
}

/** Slot on the new primary that keeps its log for a server that follows it. */
export const followingSlot = (component: string): string =>
  `lifeboat_standby_${component.replaceAll(/[^a-z0-9]/g, '_')}`.slice(0, 63);

/** Whether the server follows the primary now: asked at both ends. Throws when the primary cannot be asked. */
export async function following(
  world: World,
  { component, primary, signal }: Pick<RejoinRequest, 'component' | 'primary' | 'signal'>,
): Promise<Following> {
  const ahead = await standing(world, primary, signal);
  const folder = serverPlace(world, component).data_folder.replace(/\/+$/, '');
  const marker = await readRejoinMarker(folder);
  const kept = marker === undefined ? {} : { key: marker.key, ...(marker.method ? { method: marker.method } : {}) };
  const behind = await standing(world, component, signal, seconds(2)).catch((error: unknown) => errorRecord(error));
  signal.throwIfAborted();
  if ('code' in behind) return { follows: false, how: behind.message, timeline: 0, ...kept };
  const why = whyNot(ahead, behind);
  const reserved = why === undefined && (await hasSlot(world, primary, followingSlot(component), signal));
  if (why !== undefined || !reserved)
    return { follows: false, how: why ?? 'no slot keeps its log', timeline: behind.timeline, ...kept };
  const how = `it streams from ${primary}, on timeline ${behind.timeline}, up to ${behind.received}`;
  return { follows: true, how, timeline: behind.timeline, ...kept };
}

/** How far behind a server may be and still count as following: what one busy moment writes. */
const CAUGHT_UP = 16n << 20n;

function whyNot(ahead: ServerStanding, behind: ServerStanding): string | undefined {
  if (ahead.inRecovery) return 'the new primary is a replica itself';
  if (!behind.inRecovery) return `it is a primary on timeline ${behind.timeline}`;
  if (ahead.system !== behind.system) return `it belongs to another system (${behind.system})`;
  if (behind.receiver?.status !== 'streaming') return `its stream is ${behind.receiver?.status ?? 'not there'}`;
  if (ahead.timeline !== behind.timeline) return `it is on timeline ${behind.timeline}, not on ${ahead.timeline}`;
  const left = parseLsn(ahead.received) - parseLsn(behind.replayed);
  return left > CAUGHT_UP ? `it is ${left} bytes behind` : undefined;
}

async function hasSlot(world: World, primary: string, name: string, signal: AbortSignal): Promise<boolean> {
  const replication = await openReplication({
    connection: connectionOf(world, primary),
    component: primary,
    signal,
  });
  try {
    return (await replication.readSlot(name)) !== undefined;
  } finally {
    await replication.close();
  }
}
