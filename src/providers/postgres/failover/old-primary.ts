import { parseLsn } from '../../../model/lsn.ts';
import { database, type World } from '../world.ts';
import type { OldPrimary } from './client-api.ts';
import { applicationConnection, LOOK_WITHIN, probe, tryWriteAt } from './probe.ts';
import { standing } from './standing.ts';

/** What is known of the old primary: from itself where it answers, else from the repository. */
export async function oldPrimary(world: World, component: string, signal: AbortSignal): Promise<OldPrimary> {
  const [writes, itself, stored] = await Promise.all([
    whetherItTakesWrites(world, component, signal),
    standing(world, component, AbortSignal.any([signal, AbortSignal.timeout(LOOK_WITHIN)]), LOOK_WITHIN).catch(
      () => undefined,
    ),
    newestStored(world, component),
  ]);
  signal.throwIfAborted();
  const known = itself ?? stored;
  return { ...writes, ...(known === undefined ? {} : { system: known.system, timeline: known.timeline }) };
}

/** A fence may let us in and keep the application out: the application's own connection tells. */
export async function whetherItTakesWrites(
  world: World,
  component: string,
  signal: AbortSignal,
): Promise<Pick<OldPrimary, 'takesWrites' | 'how'>> {
  const seen = await probe(world, component, signal);
  if (seen.reached !== 'write') return { takesWrites: false, how: seen.how };
  if (database(world, component).application_connection === undefined) return { takesWrites: true, how: seen.how };
  const { accepted, how } = await tryWriteAt(applicationConnection(world, component), component, signal);
  return { takesWrites: accepted, how: `its application: ${how}` };
}

async function newestStored(
  world: World,
  component: string,
): Promise<{ system: string; timeline: number } | undefined> {
  const points = await world.catalog.points(component).catch(() => []);
  const logs = points.flatMap(({ log }) => (log === undefined ? [] : [log]));
  return logs.reduce<(typeof logs)[number] | undefined>(
    (newest, log) => (newest === undefined || parseLsn(log.to) > parseLsn(newest.to) ? log : newest),
    undefined,
  );
}
