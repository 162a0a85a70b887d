import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);
export const BINARIES = process.env.LIFEBOAT_PG_BIN ?? '/usr/lib/postgresql/15/bin';

/** A real server of its own for one test file: loopback only, with a password, thrown away afterwards. */
export interface TestServer {
  readonly folder: string;
  readonly data: string;
  readonly port: number;
  readonly uri: string;
  sql<R extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  client(): Promise<pg.Client>;
  start(): Promise<void>;
  /** SIGINT is a fast shutdown, SIGKILL the loss of the server. */
  stop(how?: 'SIGINT' | 'SIGKILL'): Promise<void>;
  remove(): Promise<void>;
}

export const PASSWORD = 'c4nary-pa55word';

export async function startServer(settings: Record<string, string> = {}, initdb: string[] = []): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'lbpg-'));
  const user = await serverUser();
  await chmod(folder, 0o755);
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  const secret = join(folder, 'password');
  await writeFile(secret, PASSWORD);
  for (const path of [folder, data, secret]) await chown(path, user.uid, user.gid);
  const init = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${secret}`, '--no-sync', '-E', 'UTF8'];
  await run(join(BINARIES, 'initdb'), [...init, '--locale=C', ...initdb], { ...user, env: {}, cwd: folder });
  const port = await freePort();
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '64MB',
    max_wal_senders: '8',
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value}'`);
  await appendFile(join(data, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
  const server = serverOn(folder, data, port, user);
  await server.start();
  return server;
}

/** A hot standby of the server, on a port of its own. */
export async function standbyOf(primary: TestServer): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'lbpg-'));
  const user = await serverUser();
  await chmod(folder, 0o755);
  await chown(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const argv = ['-D', data, '-R', '-c', 'fast', '-d', primary.uri];
  await run(join(BINARIES, 'pg_basebackup'), argv, { ...user, env: {}, cwd: folder }).catch(async (error) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const port = await freePort();
  await appendFile(join(data, 'postgresql.conf'), `\nport = ${port}\n`);
  const server = serverOn(folder, data, port, user);
  await server.start();
  return server;
}

function serverOn(folder: string, data: string, port: number, user: { uid: number; gid: number }): TestServer {
  const uri = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
  let child: ReturnType<typeof spawn> | undefined;
  const client = async () => {
    const made = new pg.Client({ connectionString: uri });
    made.on('error', () => undefined);
    await made.connect();
    return made;
  };
  const stop = async (how: 'SIGINT' | 'SIGKILL' = 'SIGINT') => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const over = once(child, 'exit');
    child.kill(how);
    await over;
    if (how === 'SIGKILL') await untilRefused(port);
  };
  return {
    folder,
    data,
    port,
    uri,
    client,
    stop,
    sql: async (text, values) => {
      const one = await client();
      try {
        return (await one.query(text, values)).rows;
      } finally {
        await one.end();
      }
    },
    start: async () => {
      const begin = () => {
        child = spawn(join(BINARIES, 'postgres'), ['-D', data], { ...user, env: {}, cwd: folder, stdio: 'ignore' });
      };
      begin();
      await untilAccepting(client, () => {
        // After a kill the old children live on for a moment, and no new server starts beside them.
        if (child?.exitCode !== null) begin();
      });
    },
    remove: async () => {
      await stop('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function untilAccepting(client: () => Promise<pg.Client>, onFailure: () => void): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await (await client()).end();
    } catch (error) {
      if (tries > 300) throw error;
      onFailure();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The children of a killed postmaster end by themselves; the next one cannot start before. */
async function untilRefused(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1');
    const refused = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
    });
    socket.destroy();
    if (refused) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function serverUser(): Promise<{ uid: number; gid: number }> {
  if (process.getuid?.() !== 0) return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

export async function freePort(): Promise<number> {
  for (let port = 21_000 + ((process.pid * 37) % 9000); ; port++) {
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    probe.close();
    if (free) return port;
  }
}
