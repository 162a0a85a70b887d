import { seconds } from '../../../lib/duration.ts';
import { errorRecord } from '../../../model/errors.ts';
import { runProgram } from '../instance/as-user.ts';
import type { World } from '../world.ts';
import type { FailoverClient, Vantage } from './client-api.ts';
import { LOOK_WITHIN, probe } from './probe.ts';
import { standing } from './standing.ts';
import { ownView, replicaView, type View } from './views.ts';

/** A command may take longer than a question: it may have to log in elsewhere first. */
const COMMAND_WITHIN = seconds(5);

type Request = Parameters<FailoverClient['views']>[0];

/** One look from every vantage point at once, so that all of them speak of the same moment. */
export function views(world: World, { component, replicas, vantage, signal }: Request): Promise<readonly View[]> {
  return Promise.all([
    probe(world, component, signal).then(ownView),
    ...replicas.map((replica) => askReplica(world, replica, signal)),
    ...vantage.map((place) => ('url' in place ? askUrl(place, signal) : askCommand(world, place, signal))),
  ]);
}

async function askReplica(world: World, replica: string, signal: AbortSignal): Promise<View> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(LOOK_WITHIN)]);
  try {
    return replicaView(replica, await standing(world, replica, late, LOOK_WITHIN));
  } catch (error) {
    signal.throwIfAborted();
    const how = late.aborted ? 'no answer in time' : errorRecord(error).message;
    return { from: replica, kind: 'replica', sight: 'blind', how: `it cannot be asked: ${how}` };
  }
}

async function askUrl({ name, url }: Extract<Vantage, { url: string }>, signal: AbortSignal): Promise<View> {
  const seen = (sight: View['sight'], how: string): View => ({ from: name, kind: 'url', sight, how });
  try {
    const late = AbortSignal.any([signal, AbortSignal.timeout(LOOK_WITHIN)]);
    const { status, ok, body } = await fetch(url, { signal: late, redirect: 'error' });
    await body?.cancel();
    if (ok) return seen('alive', `it reaches it (HTTP ${status})`);
    return status === 503
      ? seen('gone', `it does not reach it (HTTP ${status})`)
      : seen('blind', `it says HTTP ${status}, which tells nothing`);
  } catch {
    signal.throwIfAborted();
    return seen('blind', 'it cannot be asked');
  }
}

async function askCommand(
  world: World,
  { name, command }: Extract<Vantage, { command: string }>,
  signal: AbortSignal,
): Promise<View> {
  const seen = (sight: View['sight'], how: string): View => ({ from: name, kind: 'command', sight, how });
  const code = await exitCodeOf(world, command, signal);
  if (code === 0) return seen('alive', 'it reaches it (exit code 0)');
  if (code === 1) return seen('gone', 'it does not reach it (exit code 1)');
  return seen('blind', code === undefined ? 'it did not come to an end' : `it tells nothing (exit code ${code})`);
}

/** Undefined when the command did not end in time, or could not be started. */
async function exitCodeOf(world: World, command: string, signal: AbortSignal): Promise<number | undefined> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(COMMAND_WITHIN)]);
  try {
    return (await runInBash(world, command, late)).code ?? undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** Runs a command of the plan with nothing of our environment but the path to programs. */
export function runInBash(
  { env }: Pick<World, 'env'>,
  command: string,
  signal: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): ReturnType<typeof runProgram> {
  const path = env('PATH');
  return runProgram('bash', ['-c', command], {
    signal,
    env: { ...(path === undefined ? {} : { PATH: path }), ...more },
  });
}
