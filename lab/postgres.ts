import { type SpawnOptions, spawn } from 'node:child_process';
import { appendFile, chown, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { runProgram, type ServerUser, serverUser, spawnOptions } from '../src/providers/postgres/instance/as-user.ts';
import { type Binaries, findBinaries } from '../src/providers/postgres/instance/binaries.ts';
import { sendSignal, waitUntilGone } from './processes.ts';
import { killServer, postmasterOf } from './teardown.ts';
import type { WorldFolder } from './world-folder.ts';

export interface PostgresOptions {
  readonly folder: WorldFolder;
  readonly port: number;
  /** Password of the superuser `postgres`. */
  readonly password: string;
  /** Lines added to postgresql.conf. */
  readonly settings?: readonly string[];
  /** Only this major version; default: the newest the machine has. */
  readonly major?: number;
}

/** A real PostgreSQL server of the lab, which can be stopped, killed and destroyed. */
export interface LabPostgres {
  readonly dataFolder: string;
  readonly logFile: string;
  readonly port: number;
  readonly version: string;
  readonly major: number;
  /** The system user it runs as; absent when that is ourselves. */
  readonly user?: string;
  url(role: string, password: string, database?: string): string;
  /** Starts it again after `stop`. */
  start(): Promise<void>;
  /** An orderly end. */
  stop(): Promise<void>;
  /** kill -9 of every process of the server, whoever started it. */
  kill9(): Promise<void>;
  /** kill -9, then the data folder is removed with all that is in it. */
  destroy(): Promise<void>;
}

/** Makes a new PostgreSQL in `<folder>/data` from what the machine has, and starts it. */
export async function startPostgres(options: PostgresOptions): Promise<LabPostgres> {
  const user = await serverUser();
  const binaries = await newestBinaries(options, user);
  const dataFolder = join(options.folder.path, 'data');
  const logFile = join(options.folder.path, 'postgres.log');
  await makeFolders(options.folder.path, user);
  await makeCluster({ options, binaries, user, dataFolder });
  const start = () => startServer({ options, binaries, user, dataFolder, logFile });
  await start();
  return {
    dataFolder,
    logFile,
    port: options.port,
    version: binaries.version,
    major: binaries.major,
    ...(user === undefined ? {} : { user: user.name }),
    url: (role, password, database = 'postgres') =>
      `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${options.port}/${database}`,
    start,
    stop: () => stopServer(dataFolder),
    kill9: () => killNow(dataFolder),
    destroy: async () => {
      await killNow(dataFolder);
      await rm(dataFolder, { recursive: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** A server with all of its tools is preferred; npm's has the server alone. */
async function newestBinaries(options: PostgresOptions, user: ServerUser | undefined): Promise<Binaries> {
  const common = {
    env: (name: string) => process.env[name],
    copyTo: options.folder.path,
    ...(user === undefined ? {} : { user }),
    ...(options.major === undefined ? {} : { major: options.major }),
  };
  try {
    return await findBinaries({ ...common, need: ['postgres', 'initdb', 'pg_ctl', 'pg_dump', 'pg_controldata'] });
  } catch {
    return findBinaries({ ...common, need: ['postgres', 'initdb', 'pg_ctl'] });
  }
}

async function makeFolders(path: string, user: ServerUser | undefined): Promise<void> {
  for (const name of ['data', 's']) {
    const folder = join(path, name);
    await mkdir(folder, { mode: 0o700 });
    if (user !== undefined) await chown(folder, user.uid, user.gid);
  }
}

interface Making {
  readonly options: PostgresOptions;
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly dataFolder: string;
}

async function makeCluster({ options, binaries, user, dataFolder }: Making): Promise<void> {
  const passwordFile = join(options.folder.path, 'password');
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const args = ['-D', dataFolder, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  args.push('-k', '-E', 'UTF8', '--locale=C', '--no-sync');
  const made = await runProgram(join(binaries.folder, 'initdb'), args, { user });
  await rm(passwordFile);
  if (made.code !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  await appendFile(join(dataFolder, 'postgresql.conf'), `${settingsOf(options).join('\n')}\n`);
}

function settingsOf({ folder, port, settings = [] }: PostgresOptions): readonly string[] {
  return [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    `unix_socket_directories = '${join(folder.path, 's')}'`,
    "password_encryption = 'scram-sha-256'",
    'wal_level = replica',
    'max_wal_senders = 10',
    'max_replication_slots = 10',
    'shared_buffers = 32MB',
    'max_connections = 60',
    "log_line_prefix = '%m [%p] %q%u@%d '",
    "timezone = 'UTC'",
    ...settings,
  ];
}

async function startServer(making: Making & { logFile: string }): Promise<void> {
  const { options, binaries, user, dataFolder, logFile } = making;
  const log = await open(logFile, 'a', 0o640);
  const spawning: SpawnOptions = { ...spawnOptions(user), cwd: '/', detached: true, stdio: ['ignore', log.fd, log.fd] };
  const child = spawn(join(binaries.folder, 'postgres'), ['-D', dataFolder], spawning);
  await log.close();
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  child.unref();
  for (const end = Date.now() + 60_000; !(await accepts(options)); await pause(30)) {
    if (!ended && Date.now() < end) continue;
    const tail = (await readFile(logFile, 'utf8')).split('\n').slice(-15).join('\n');
    throw new Error(`PostgreSQL does not start on port ${options.port}:\n${tail}`);
  }
}

async function accepts({ port, password }: PostgresOptions): Promise<boolean> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function stopServer(dataFolder: string): Promise<void> {
  const pid = await postmasterOf(dataFolder);
  if (pid === undefined) return;
  sendSignal(pid, 'SIGINT');
  if (!(await waitUntilGone([pid], 30_000))) throw new Error('PostgreSQL does not stop');
}

async function killNow(dataFolder: string): Promise<void> {
  const pid = await postmasterOf(dataFolder);
  if (pid !== undefined) await killServer(pid);
}
