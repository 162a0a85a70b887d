import { seconds } from '../../lib/duration.ts';
import { KnownError } from '../../model/errors.ts';
import { withSession } from './connect.ts';
import { pgErrorCode } from './errors.ts';
import { runsHere } from './instance/restored-server.ts';
import { connectionOf, type World } from './world.ts';

/** Nobody listens there, or nothing comes back. Anything else, a refused password too, was said by somebody. */
const SILENCE = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ECONNRESET',
]);

/** A name that cannot be looked up says nothing about the server behind it. */
const NOT_EVEN_ASKED = new Set(['ENOTFOUND', 'EAI_AGAIN']);

/** How long one question waits for a connection. */
const PATIENCE = seconds(5);

/** Asked more than once: a server that restarts is silent for a moment. */
const TRIES = 3;

/** Whether the real address gives any answer. Throws when that could not be found out. */
export async function answers(
  world: World,
  component: string,
  signal: AbortSignal,
): Promise<{ answers: boolean; how: string }> {
  if (await runsHere(world, component)) return { answers: true, how: 'its server process runs on this machine' };
  let how = '';
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (attempt > 1) await world.clock.sleep(seconds(0.5), signal);
    const answer = await ask(world, component, signal);
    if (answer.answers) return answer;
    how = answer.how;
  }
  return { answers: false, how: `${how}, asked ${TRIES} times` };
}

async function ask(world: World, component: string, signal: AbortSignal): Promise<{ answers: boolean; how: string }> {
  const begun = world.clock.now().getTime();
  try {
    await query(world, component, signal);
    return { answers: true, how: 'it answers queries' };
  } catch (error) {
    if (signal.aborted) throw error;
    return judge(error, component, world.clock.now().getTime() - begun);
  }
}

const query = (world: World, component: string, signal: AbortSignal): Promise<unknown> =>
  withSession(
    { address: { uri: connectionOf(world, component) }, what: component, signal, connectWithin: PATIENCE },
    (session) => session.query('SELECT 1'),
  );

/** Whether a query gets through on the real address. */
export async function serves(
  world: World,
  component: string,
  signal: AbortSignal,
): Promise<{ serves: boolean; how: string }> {
  try {
    await query(world, component, signal);
    return { serves: true, how: 'it answers queries' };
  } catch (error) {
    if (signal.aborted) throw error;
    return { serves: false, how: error instanceof Error ? error.message : String(error) };
  }
}

function judge(error: unknown, component: string, tookMs: number): { answers: boolean; how: string } {
  const code = pgErrorCode(error);
  const text = error instanceof Error ? error.message : String(error);
  if (code !== undefined && NOT_EVEN_ASKED.has(code))
    throw new KnownError(
      'TARGET_UNREACHABLE',
      `${component}: its address cannot be looked up (${code}), so whether it is lost is not known`,
      'Look at the name service of this machine, or write the address as a number.',
      error,
    );
  // Without a code it is our own patience that ended, or, before that, something else that somebody there brought about.
  const silent = code === undefined ? tookMs >= PATIENCE : SILENCE.has(code);
  return silent
    ? { answers: false, how: code ?? 'no connection in time' }
    : { answers: true, how: `it answers: ${text}` };
}
