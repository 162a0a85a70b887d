import { type EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import pg from 'pg';
import { type Duration, seconds } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { translatePgError } from '../errors.ts';

/** One row as the simple protocol gives it: every value a text or null. */
export type Row = { readonly [column: string]: string | null };

export interface CopyHandler {
  /** The server has granted the stream. */
  begun?(): void;
  /** The bytes are only valid during the call. */
  data(chunk: Buffer): void;
  /** The server has said that it sends no more. */
  done?(): void;
}

/** One connection in replication mode. The only place that knows the inner parts of `pg`. */
export interface Wire {
  /** `host:port`, for messages. */
  readonly address: string;
  /** As the server reports it, e.g. `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly serverVersion: string;
  /** The result sets of a command, in order. What the server copies goes to `copy`. Rejects with the original error. */
  run(command: string, copy?: CopyHandler): Promise<readonly (readonly Row[])[]>;
  sendCopy(bytes: Buffer): void;
  endCopy(): void;
  pause(): void;
  resume(): void;
  /** Ends politely: what was sent before still reaches the server. */
  close(): Promise<void>;
  /** Cuts the connection; a running command rejects with `error`. */
  destroy(error: Error): void;
}

export interface WireOptions {
  readonly connection: string;
  /** For messages, e.g. the component. */
  readonly what: string;
  readonly applicationName: string;
  readonly signal: AbortSignal;
  readonly connectTimeout?: Duration;
}

/** Connects in replication mode. Throws TARGET_UNREACHABLE, TARGET_DENIED or TARGET_FAILED. */
export async function openWire(options: WireOptions): Promise<Wire> {
  options.signal.throwIfAborted();
  const client = makeClient(options);
  const address = client.host.startsWith('/') ? client.host : `${client.host}:${client.port}`;
  const inner = client.connection as unknown as Inner;
  const state = watch(inner);
  client.on('error', () => undefined); // every error also reaches the command that runs
  const timer = setTimeout(() => inner.stream.destroy(timedOut()), options.connectTimeout ?? seconds(10));
  const abort = () => inner.stream.destroy(options.signal.reason);
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
  } catch (error) {
    inner.stream.destroy();
    options.signal.throwIfAborted();
    throw translatePgError(named(error, state), `${options.what}: connecting to ${address}`);
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', abort);
  }
  return wireOf(client, inner, address, state);
}

/** What `pg` has inside and its types do not tell. */
interface Inner extends EventEmitter {
  /** Replaced when TLS begins, so it is looked up on each use. */
  readonly stream: Socket;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  end(): void;
}

/** For commands that copy nothing. Those that do are watched by their callers. */
const ANSWER_WITHIN = seconds(30);

type State = { version: string; askedForPassword: boolean; ended: boolean; why?: Error };

function makeClient({ connection, what, applicationName }: WireOptions): pg.Client {
  const config = {
    connectionString: connection,
    replication: 'true',
    fallback_application_name: applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: seconds(10),
  };
  try {
    return new pg.Client(config as pg.ClientConfig);
  } catch {
    // The cause is left out: it may carry the text with the password in it.
    throw new KnownError(
      'PLAN_INVALID',
      `${what}: the connection cannot be read`,
      'Write it as postgres://user@host:5432/database.',
    );
  }
}

function watch(inner: Inner): State {
  const state: State = { version: '', askedForPassword: false, ended: false };
  inner.on('parameterStatus', (message: { parameterName: string; parameterValue: string }) => {
    if (message.parameterName === 'server_version') state.version = message.parameterValue;
  });
  for (const ask of ['authenticationCleartextPassword', 'authenticationMD5Password', 'authenticationSASL'])
    inner.on(ask, () => {
      state.askedForPassword = true;
    });
  inner.on('end', () => {
    state.ended = true;
  });
  return state;
}

/** `pg` gives some errors no code; what happened is told from the events around them. */
function named(error: unknown, state: State): unknown {
  if (state.why) return state.why;
  if (typeof (error as { code?: unknown }).code === 'string') return error;
  if (state.askedForPassword && !state.ended)
    return coded('28P01', 'the server asks for a password and none that fits was given', error);
  return state.ended ? coded('ECONNRESET', 'the connection was lost', error) : error;
}

const timedOut = () => coded('ETIMEDOUT', 'no answer');

/** An error with a code of the kind Node and PostgreSQL give. */
export function coded(code: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { code });
}

function wireOf(client: pg.Client, inner: Inner, address: string, state: State): Wire {
  const cut = (error: Error) => {
    state.why ??= error;
    inner.stream.destroy(error);
  };
  return {
    address,
    serverVersion: state.version,
    run: async (command, copy) => {
      const exchange = new Exchange(command, copy, inner);
      const timer = copy ? undefined : setTimeout(() => cut(timedOut()), ANSWER_WITHIN);
      client.query(exchange);
      try {
        return await exchange.result;
      } catch (error) {
        throw named(error, { ...state, askedForPassword: false, ended: true });
      } finally {
        clearTimeout(timer);
      }
    },
    sendCopy: (bytes) => inner.sendCopyFromChunk(bytes),
    endCopy: () => inner.endCopyFrom(),
    pause: () => void inner.stream.pause(),
    resume: () => void inner.stream.resume(),
    close: () => closePolitely(inner, state),
    destroy: cut,
  };
}

/** Bounded: a server that does not hang up is left after two seconds. */
async function closePolitely(inner: Inner, state: State): Promise<void> {
  if (state.ended) return;
  const timer = setTimeout(() => inner.stream.destroy(), seconds(2));
  const ended = once(inner, 'end');
  inner.stream.resume();
  inner.end();
  await ended.catch(() => undefined);
  clearTimeout(timer);
}

/** One command and everything the server answers to it, in the shape `pg` calls. */
class Exchange {
  readonly result: Promise<readonly (readonly Row[])[]>;
  private readonly sets: Row[][] = [];
  private names: readonly string[] = [];
  private settle: { resolve(sets: readonly (readonly Row[])[]): void; reject(error: unknown): void } | undefined;
  private readonly command: string;
  private readonly copy: CopyHandler | undefined;
  private readonly inner: Inner;
  private readonly onCopyBegun = () => this.guarded(() => this.copy?.begun?.());
  private readonly onCopyDone = () => this.guarded(() => this.copy?.done?.());

  constructor(command: string, copy: CopyHandler | undefined, inner: Inner) {
    this.command = command;
    this.copy = copy;
    this.inner = inner;
    this.result = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
  }

  submit(): void {
    this.inner.on('replicationStart', this.onCopyBegun);
    this.inner.on('copyDone', this.onCopyDone);
    this.inner.query(this.command);
  }

  handleRowDescription(message: { fields: readonly { name: string }[] }): void {
    this.names = message.fields.map((field) => field.name);
    this.sets.push([]);
  }

  handleDataRow(message: { fields: readonly (string | null)[] }): void {
    const row = this.names.map((name, index) => [name, message.fields[index] ?? null] as const);
    this.sets.at(-1)?.push(Object.fromEntries(row));
  }

  handleCopyData(message: { chunk: Buffer }): void {
    this.guarded(() => this.copy?.data(message.chunk));
  }

  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handleCopyInResponse(): void {}
  handlePortalSuspended(): void {}

  handleError(error: unknown): void {
    this.over();
    this.settle?.reject(error);
  }

  handleReadyForQuery(): void {
    this.over();
    this.settle?.resolve(this.sets);
  }

  private over(): void {
    this.inner.off('replicationStart', this.onCopyBegun);
    this.inner.off('copyDone', this.onCopyDone);
  }

  /** An error of ours inside a socket event would end the process; it ends the command instead. */
  private guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.over();
      this.settle?.reject(error);
      this.inner.stream.destroy();
    }
  }
}
