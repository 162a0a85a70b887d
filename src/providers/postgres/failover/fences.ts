import { KnownError } from '../../../model/errors.ts';
import type { World } from '../world.ts';
import type { FenceRequest, FenceState } from './client-api.ts';
import { whetherItTakesWrites } from './old-primary.ts';
import { allowLogins, refuseLogins, refusesLogins } from './refuse-logins.ts';
import { isStopped, startAgain, stopForGood } from './stop-server.ts';
import { runInBash } from './witnesses.ts';

/** Keeps a server from taking writes, and comes back only when that is so. */
export async function fence(world: World, request: FenceRequest): Promise<FenceState> {
  const { way } = request;
  if (way.by === 'refuse_logins') return refuseLogins(world, request);
  if (way.by === 'stop_server') return stopForGood(world, request);
  const { code, stderr } = await command(world, request, way.close);
  if (code === 0) return fenceState(world, request);
  throw new KnownError(
    'TARGET_FAILED',
    `the command that closes ${request.component} ended with exit code ${code}: ${lastLine(stderr)}`,
    'Nothing is promoted. Close the server by another way, or let somebody answer for it.',
  );
}

/** Whether it is kept from taking writes, seen in the world. Throws when that cannot be told. */
export async function fenceState(world: World, request: FenceRequest): Promise<FenceState> {
  const { way, component, signal } = request;
  if (way.by === 'refuse_logins') return refusesLogins(world, request);
  if (way.by === 'stop_server') return isStopped(world, request);
  const { code, stderr } = await command(world, request, way.proof);
  if (code === 1) return { closed: false, how: 'its proof says: not closed (exit code 1)' };
  if (code !== 0)
    throw new KnownError(
      'TARGET_UNREACHABLE',
      `the proof for ${component} cannot tell (exit code ${code}): ${lastLine(stderr)}`,
      'Exit code 0 means closed, 1 means open. Run it by hand and look.',
    );
  const { takesWrites, how } = await whetherItTakesWrites(world, component, signal);
  if (takesWrites) return { closed: false, how: `its proof says closed (exit code 0), and it takes writes: ${how}` };
  return { closed: true, how: `its proof says closed (exit code 0); ${how}` };
}

export async function unfence(world: World, request: FenceRequest): Promise<void> {
  const { way, component } = request;
  if (way.by === 'refuse_logins') return allowLogins(world, request);
  if (way.by === 'stop_server') return startAgain(world, request);
  const { code, stderr } = await command(world, request, way.open ?? 'exit 1');
  if (code === 0) return;
  throw new KnownError(
    'TARGET_FAILED',
    `the command that opens ${component} again ended with exit code ${code}: ${lastLine(stderr)}`,
    'Open it by hand, then: lifeboat decide … done --reason "…"',
  );
}

const command = (world: World, { component, key, signal }: FenceRequest, text: string) =>
  runInBash(world, text, signal, { LIFEBOAT_COMPONENT: component, LIFEBOAT_KEY: key });

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
