import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../lib/clock.ts';
import type { Duration } from '../../../lib/duration.ts';
import { formatDuration, minutes, seconds } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { closedFolder, type ServerUser, spawnOptions } from './as-user.ts';
import type { Binaries } from './binaries.ts';
import { makeSocketFolder, requireFreePort } from './sockets.ts';

export interface StartServer {
  readonly binaries: Binaries;
  readonly dataFolder: string;
  readonly logFile: string;
  /** Private folder of the unix socket; made when it is missing. See `socketFolderOf`. */
  readonly socketFolder: string;
  readonly port: number;
  /** TCP addresses as in `listen_addresses`; '' listens on the unix socket alone. */
  readonly listen: string;
  readonly user?: ServerUser | undefined;
  /** Settings that hold for this start only, e.g. `{ shared_buffers: '32MB' }`. They win over every configuration file. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** How long it may take until it accepts connections. Replaying much log takes long: default 1 h. */
  readonly timeout?: Duration;
}

export type ServerStatus =
  | { readonly state: 'stopped' }
  | {
      readonly state: 'starting' | 'running' | 'stopping';
      readonly pid: number;
      readonly port: number;
      readonly socketFolder: string;
      /** On a TCP address too, not on its unix socket alone. */
      readonly listens: boolean;
    };

/**
 * Starts the server of a data folder and waits until it accepts connections. One that runs already is joined.
 * The server lives on when this process dies, so that a resumed run finds it.
 */
export async function startServer(options: StartServer): Promise<ServerStatus & { state: 'running' }> {
  const already = await serverStatus(options.dataFolder);
  if (already.state === 'stopped') {
    await prepare(options);
    const child = launch(options);
    return accepting(options, child);
  }
  return accepting(options, { exited: () => undefined });
}

async function prepare(options: StartServer): Promise<void> {
  const closed = await closedFolder(options.user, options.dataFolder);
  if (closed !== undefined)
    throw new KnownError(
      'TARGET_DENIED',
      `the user ${options.user?.name} that runs PostgreSQL cannot enter ${closed}`,
      `Let others pass through it (chmod o+x ${closed}), or use a folder elsewhere.`,
    );
  if (options.listen !== '') await requireFreePort(options.listen, options.port);
  await makeSocketFolder(options.socketFolder, options.user);
}

interface Child {
  /** How it ended, while it did not keep running. */
  exited(): string | undefined;
}

function launch(options: StartServer): Child {
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    const child = spawn(join(options.binaries.folder, 'postgres'), serverArguments(options), {
      ...spawnOptions(options.user),
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
    });
    let ended: string | undefined;
    child.on('error', (cause: NodeJS.ErrnoException) => {
      ended = cause.code ?? cause.message;
    });
    child.on('exit', (code, signal) => {
      ended = signal === null ? `exit code ${code}` : `ended by ${signal}`;
    });
    child.unref();
    return { exited: () => ended };
  } finally {
    closeSync(log);
  }
}

function serverArguments(options: StartServer): readonly string[] {
  const settings = {
    ...options.settings,
    listen_addresses: options.listen,
    port: String(options.port),
    unix_socket_directories: options.socketFolder,
    // Its output goes to our log file: an error at start is then where we look for it.
    logging_collector: 'off',
    log_destination: 'stderr',
  };
  return ['-D', options.dataFolder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function accepting(options: StartServer, child: Child): Promise<ServerStatus & { state: 'running' }> {
  const timeout = options.timeout ?? minutes(60);
  const end = options.clock.now().getTime() + timeout;
  for (;;) {
    const status = await serverStatus(options.dataFolder);
    if (status.state === 'running') return { ...status, state: 'running' };
    const exited = child.exited();
    if (exited !== undefined && status.state === 'stopped') throw await startFailed(options, exited);
    if (options.clock.now().getTime() > end) throw await tooSlow(options, timeout);
    await options.clock.sleep(20, options.signal);
  }
}

async function startFailed(options: StartServer, exited: string): Promise<KnownError> {
  return new KnownError(
    'TARGET_FAILED',
    `PostgreSQL in ${options.dataFolder} did not start (${exited})\n${await logTail(options.logFile)}`,
    `The last lines of its log are above; all of it is in ${options.logFile}.`,
  );
}

async function tooSlow(options: StartServer, timeout: Duration): Promise<KnownError> {
  return new KnownError(
    'TIMED_OUT',
    `PostgreSQL in ${options.dataFolder} does not accept connections after ${formatDuration(timeout)}\n${await logTail(options.logFile)}`,
    `It is left running. Its log: ${options.logFile}`,
  );
}

/** The last lines of a server's log, for a message. */
export async function logTail(logFile: string, lines = 8): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '(no log)');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** What the data folder says about its server. A pid file left by a server that was killed counts as stopped. */
export async function serverStatus(dataFolder: string): Promise<ServerStatus> {
  const text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(absent);
  const [pidLine, , , port, socketFolder, listen, , state] = (text ?? '').split('\n').map((line) => line.trim());
  const pid = Math.abs(Number.parseInt(pidLine ?? '', 10));
  if (!(pid > 0) || !(await servesFolder(pid, dataFolder))) return { state: 'stopped' };
  const named = state === 'ready' ? 'running' : state === 'stopping' ? 'stopping' : 'starting';
  return { state: named, pid, port: Number(port), socketFolder: socketFolder ?? '', listens: Boolean(listen) };
}

function absent(cause: NodeJS.ErrnoException): undefined {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
  throw new KnownError(
    'TARGET_DENIED',
    `cannot see whether a server runs: ${cause.path} (${cause.code})`,
    'Run as root, or as the user that owns the data folder.',
    cause,
  );
}

/** A pid can belong to another process by now: a PostgreSQL server works inside its data folder. */
async function servesFolder(pid: number, dataFolder: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
  const [place, folder] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => undefined),
    realpath(dataFolder).catch(() => undefined),
  ]);
  return place === undefined || folder === undefined || place === folder;
}

export interface StopServer {
  readonly dataFolder: string;
  /** fast: ends sessions and writes a checkpoint. immediate: as a crash; the next start recovers. */
  readonly mode: 'fast' | 'immediate';
  readonly clock: Clock;
  readonly timeout?: Duration;
  readonly signal?: AbortSignal | undefined;
}

/** Stops the server of a data folder and waits until it is gone. One that does not run is no error. */
export async function stopServer({
  dataFolder,
  mode,
  clock,
  timeout = seconds(60),
  signal,
}: StopServer): Promise<void> {
  const end = clock.now().getTime() + timeout;
  for (let asked = false; ; asked = true) {
    const status = await serverStatus(dataFolder);
    if (status.state === 'stopped') return;
    if (!asked) ask(status.pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    if (clock.now().getTime() > end)
      throw new KnownError(
        'TIMED_OUT',
        `PostgreSQL in ${dataFolder} (process ${status.pid}) did not stop in ${formatDuration(timeout)}`,
        'Look at its log, then try again.',
      );
    await clock.sleep(25, signal);
  }
}

function ask(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new KnownError(
      'TARGET_DENIED',
      `process ${pid} may not be stopped by us`,
      'Run as its owner or as root.',
      cause,
    );
  }
}
