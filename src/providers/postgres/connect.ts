import { Client, type ClientConfig, types } from 'pg';
import type { Duration } from '../../lib/duration.ts';
import { seconds } from '../../lib/duration.ts';
import { KnownError } from '../../model/errors.ts';
import { pgErrorCode, translatePgError } from './errors.ts';

/** Where to connect: a URI, or the private socket of a server of ours. */
export type Address =
  | { readonly uri: string }
  /** User and database are those of the URI unless given; the server asks for no password on its private socket. */
  | {
      readonly uri: string;
      readonly socketFolder: string;
      readonly port: number;
      readonly user?: string;
      readonly database?: string;
    };

export interface Session {
  query<Row>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** For COPY, and nothing else. */
  readonly client: Client;
}

export interface SessionOptions {
  readonly address: Address;
  /** For messages, e.g. `database: look for lost rows`. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  readonly connectWithin?: Duration;
  readonly readOnly?: boolean;
}

/** Opens a session, uses it and closes it. Errors of the server and of the way to it come out translated; an abort cuts the session. */
export async function withSession<T>(options: SessionOptions, use: (session: Session) => Promise<T>): Promise<T> {
  const { what, signal } = options;
  signal?.throwIfAborted();
  const client = new Client(configOf(options));
  let connected = false;
  client.on('error', () => undefined); // the query under way, or the next one, fails with it
  client.on('end', () => {
    connected = false;
  });
  const cut = () => void client.end().catch(() => undefined);
  try {
    await client.connect();
    connected = true;
    signal?.addEventListener('abort', cut, { once: true });
    await client.query(settings(options));
    return await use(sessionOf(client));
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (pgErrorCode(error) !== undefined) throw translatePgError(error, what);
    if (connected || error instanceof KnownError) throw error; // of whoever uses the session
    throw new KnownError('TARGET_UNREACHABLE', `${what}: ${textOf(error)}`, LOOK_AT_THE_SERVER, error);
  } finally {
    signal?.removeEventListener('abort', cut);
    await client.end().catch(() => undefined);
  }
}

const LOOK_AT_THE_SERVER = 'Check that the server runs and that this machine can reach it, then try again.';

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function configOf({ address, connectWithin = seconds(10) }: SessionOptions): ClientConfig {
  const common: ClientConfig = {
    application_name: 'lifeboat',
    connectionTimeoutMillis: connectWithin,
    keepAlive: true,
    types: { getTypeParser },
  };
  if (!('socketFolder' in address)) return { ...common, connectionString: address.uri };
  const named = new Client({ connectionString: address.uri });
  const { user = named.user, database = named.database } = address;
  return {
    ...common,
    host: address.socketFolder,
    port: address.port,
    ...(user === undefined ? {} : { user }),
    ...(database === undefined ? {} : { database }),
  };
}

const INT8 = 20;
const NUMERIC = 1700;

/** Counts and sums come as numbers; what a double cannot hold exactly stays text. */
const getTypeParser: typeof types.getTypeParser = ((oid: number, format?: 'text' | 'binary') => {
  if (oid === INT8) return (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
  if (oid === NUMERIC) return exactNumber;
  return types.getTypeParser(oid, format as 'text');
}) as typeof types.getTypeParser;

/** A double keeps every decimal number of 15 digits. */
export const exactNumber = (text: string): number | string =>
  /^-?\d+(\.\d+)?$/.test(text) && text.replaceAll(/[-.]/g, '').length <= 15 ? Number(text) : text;

/** Row security hides rows silently; switched off, it is an error instead. The rest makes text output exact and the same everywhere. */
const settings = ({ readOnly }: SessionOptions): string =>
  [
    'SET row_security = off',
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET TimeZone = 'UTC'",
    "SET bytea_output = 'hex'",
    'SET extra_float_digits = 1',
    'SET statement_timeout = 0',
    ...(readOnly ? ['SET default_transaction_read_only = on'] : []),
  ].join('; ');

function sessionOf(client: Client): Session {
  return {
    client,
    query: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await client.query(sql, [...values])).rows as readonly Row[],
  };
}
