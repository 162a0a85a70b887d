import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Duration, seconds } from '../../../lib/duration.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { KnownError } from '../../../model/errors.ts';
import { translatePgError } from '../errors.ts';
import { supportedVersion } from './replication.ts';
import { coded } from './wire.ts';

export interface DumpTarget {
  /** For messages. */
  readonly what: string;
  /** For libpq; holds no password. */
  readonly conninfo: string;
  readonly password: string | undefined;
  readonly facts: JsonObject;
}

const CONNECT_WITHIN: Duration = seconds(10);

/**
 * Connects once before pg_dump does: its own errors are texts, these are codes.
 * Throws TARGET_UNREACHABLE, TARGET_DENIED or TARGET_FAILED.
 */
export async function dumpTarget(request: {
  readonly connection: string;
  readonly component: string;
  readonly signal: AbortSignal;
}): Promise<DumpTarget> {
  const { connection, component, signal } = request;
  const client = makeClient(connection, component);
  const what = `${component} at ${client.host}:${client.port}`;
  const stream = (client.connection as unknown as { stream: { destroy(error: Error): void } }).stream;
  const cut = (error: Error) => stream.destroy(error);
  const timer = setTimeout(() => cut(coded('ETIMEDOUT', 'no answer')), CONNECT_WITHIN);
  const abort = () => cut(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const shown = await client.query<{ server_version: string }>('SHOW server_version');
    const { version, major } = supportedVersion(shown.rows[0]?.server_version ?? '', what);
    const facts = { serverVersion: version, major, database: client.database ?? '' };
    return { what, conninfo: conninfoOf(client, connection), password: client.password || undefined, facts };
  } catch (error) {
    signal.throwIfAborted();
    throw translatePgError(error, `${what}: connecting`);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    await client.end().catch(() => undefined);
  }
}

/** A file that only we, or the user pg_dump runs as, can read. Secrets do not go through arguments or the environment. */
export async function privatePassword(
  password: string | undefined,
  owner: { readonly uid: number; readonly gid: number } | undefined,
): Promise<{ readonly file: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-pgpass-'));
  const file = join(folder, 'pgpass');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await chmod(folder, 0o700);
    const line = password === undefined ? '' : `*:*:*:*:${password.replaceAll(/[\\:]/g, '\\$&')}\n`;
    await writeFile(file, line, { mode: 0o600 });
    if (owner) for (const path of [file, folder]) await chown(path, owner.uid, owner.gid);
    return { file, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Settings of the connection that libpq knows by the same name. */
const PASSED_ON = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'options', 'channel_binding', 'target_session_attrs'];

/** `key='value'` pairs for libpq, of a client and the URI it was made from. */
export function conninfoOf(client: Pick<pg.Client, 'host' | 'port' | 'user' | 'database'>, uri: string): string {
  const given = parametersOf(uri);
  const passed = PASSED_ON.flatMap((name) => {
    const value = given.get(name);
    return value === null ? [] : [[name, name === 'sslmode' && value === 'no-verify' ? 'require' : value] as const];
  });
  const pairs = [
    ['host', client.host],
    ['port', String(client.port)],
    ['user', client.user ?? ''],
    ['dbname', client.database ?? ''],
    ['fallback_application_name', 'lifeboat'],
    ...passed,
  ] as const;
  return pairs.map(([name, value]) => `${name}='${value.replaceAll(/[\\']/g, '\\$&')}'`).join(' ');
}

function parametersOf(uri: string): URLSearchParams {
  const begins = uri.indexOf('?');
  return new URLSearchParams(begins < 0 ? '' : uri.slice(begins + 1));
}

function makeClient(connection: string, component: string): pg.Client {
  try {
    return new pg.Client({ connectionString: connection });
  } catch {
    // The cause is left out: it may carry the text with the password in it.
    throw new KnownError(
      'PLAN_INVALID',
      `${component}: the connection cannot be read`,
      'Write it as postgres://user@host:5432/database.',
    );
  }
}
