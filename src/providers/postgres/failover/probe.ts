import type { Duration } from '../../../lib/duration.ts';
import { seconds } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { withSession } from '../connect.ts';
import { requireConnectionUri } from '../connection-uri.ts';
import { pgErrorCode } from '../errors.ts';
import { connectionOf, database, type World } from '../world.ts';
import type { Probe } from './views.ts';

/** How long one question of a look waits. Longer than a busy server needs, shorter than a person's patience. */
export const LOOK_WITHIN: Duration = seconds(1);

/** Our own network, not theirs: the question never reached anybody. */
const NEVER_LEFT = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL']);
/** The machine is there, and says that nobody listens. */
const NOBODY_LISTENS = new Set(['ECONNREFUSED', 'ENOENT']);
const NO_ANSWER = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'ECONNRESET', 'EPIPE']);

/** Asks a server whether it takes writes, without writing. Never throws for what it sees; an abort is thrown. */
export async function probe(world: World, component: string, signal: AbortSignal): Promise<Probe> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(LOOK_WITHIN)]);
  try {
    return await askWhetherItWrites(world, component, late);
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) return { reached: 'silence', how: 'no answer in time' };
    if (error instanceof KnownError && (error.code === 'PLAN_INVALID' || error.code === 'SECRET_MISSING')) throw error;
    return probeOf(pgErrorCode(error), error instanceof Error ? error.message : String(error));
  }
}

const askWhetherItWrites = (world: World, component: string, signal: AbortSignal): Promise<Probe> =>
  withSession(
    { address: { uri: connectionOf(world, component) }, what: component, signal, connectWithin: LOOK_WITHIN },
    async (session) => {
      const [row] = await session.query<{ recovering: boolean; readonly: string }>(
        `SELECT pg_catalog.pg_is_in_recovery() AS recovering, current_setting('transaction_read_only') AS readonly`,
      );
      if (row?.recovering) return { reached: 'login', how: 'it answers, and is a replica' };
      if (row?.readonly === 'on') return { reached: 'login', how: 'it answers, and is read-only' };
      return { reached: 'write', how: 'it answers and takes writes' };
    },
  );

/** What an error on the way to a server says about it. */
export function probeOf(code: string | undefined, text: string): Probe {
  if (code === undefined) return { reached: 'silence', how: text };
  if (NEVER_LEFT.has(code)) return { reached: 'nowhere', how: `it cannot be asked from here (${code})` };
  if (NOBODY_LISTENS.has(code)) return { reached: 'refused', how: `nothing listens there (${code})` };
  if (NO_ANSWER.has(code)) return { reached: 'silence', how: `no answer (${code})` };
  return { reached: 'answer', how: `it answers: ${text}` };
}

/** As long may a commit wait for a synchronous standby. */
const COMMIT_WITHIN: Duration = seconds(3);

export interface Written {
  readonly accepted: boolean;
  readonly how: string;
  /** It could not even be asked. */
  readonly silent?: true;
}

/** Tries as hard to write as an application could: a transaction that says it writes, up to its commit. */
export async function tryWriteAt(uri: string, what: string, signal: AbortSignal): Promise<Written> {
  try {
    return await withSession({ address: { uri }, what, signal, connectWithin: COMMIT_WITHIN }, async (session) => {
      const warnings: string[] = [];
      session.client.on('notice', ({ message }) => void warnings.push(message ?? 'a warning'));
      await session.query(`SET statement_timeout = ${COMMIT_WITHIN}`);
      await session.query('BEGIN READ WRITE');
      await session.query(`SELECT pg_catalog.pg_logical_emit_message(true, 'lifeboat', 'is a write accepted?')`);
      await session.query('COMMIT');
      // A commit that no standby confirmed in time is kept here, and its warning is all that says so.
      if (warnings.length > 0) return { accepted: false, how: `a commit was not confirmed: ${warnings.join('; ')}` };
      return { accepted: true, how: 'a commit was accepted' };
    });
  } catch (error) {
    signal.throwIfAborted();
    const how = error instanceof Error ? error.message : String(error);
    const { reached } = probeOf(pgErrorCode(error), how);
    const silent = reached === 'answer' ? {} : { silent: true as const };
    return { accepted: false, how, ...silent };
  }
}

/** The connection that the application uses. Throws PLAN_INVALID when the plan does not say. */
export function applicationConnection(world: World, component: string): string {
  const { application_connection: connection } = database(world, component);
  if (connection !== undefined) return requireConnectionUri(world.secret(connection), component);
  throw new KnownError(
    'PLAN_INVALID',
    `the plan does not say how the application of ${component} connects, so nothing can prove that it is kept out`,
    `Add components.${component}.application_connection: a secret reference to the connection URI of the application.`,
  );
}
