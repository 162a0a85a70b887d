import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BINARIES,
  freePort,
  PASSWORD,
  startServer,
  type TestServer,
} from '../../integration/postgres-stream-server.ts';

/** A server with data worth keeping, and a folder in which everybody has one of his own. */
export interface World {
  readonly server: TestServer;
  readonly folder: string;
  readonly binaries: string;
  readonly password: string;
  readonly user: { readonly uid?: number; readonly gid?: number };
  /** Where the server listens for programs of this machine. */
  readonly sockets: string;
  /** Told of each finished segment of log: whoever archives adds a line to it. */
  readonly archiveScript: string;
}

const SETTINGS = {
  fsync: 'on',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '30min',
  archive_mode: 'on',
  wal_level: 'replica',
  max_wal_senders: '10',
};

/** pgbench's tables at a scale, with fillers that compress about as well as real rows: 2.7 times, where pgbench's own compress 20 times. */
export async function makeWorld(scale: number): Promise<World> {
  const user = serverUser();
  const sockets = mkdtempSync(join(tmpdir(), 'lbsock-'));
  if (user.uid !== undefined) chownSync(sockets, user.uid, user.gid as number);
  const server = await startServer({ ...SETTINGS, unix_socket_directories: sockets });
  const folder = join(server.folder, 'bench');
  mkdirSync(folder);
  // pgBackRest insists on its name in the command.
  const archiveScript = join(folder, 'archive-for-pgbackrest-and-others.sh');
  // A restored copy has the same settings, and must not write into the archive of the server it is a copy of.
  writeFileSync(archiveScript, `#!/bin/sh\nPATH=/usr/bin:/bin\n[ "$PWD" = "${server.data}" ] || exit 0\n`, {
    mode: 0o755,
  });
  for (const path of [folder, archiveScript]) if (user.uid !== undefined) chownSync(path, user.uid, user.gid as number);
  chmodSync(folder, 0o755);
  await server.sql(`ALTER SYSTEM SET archive_command = '${archiveScript} %p'`);
  await server.sql('SELECT pg_reload_conf()');
  await fill(server, scale);
  return { server, folder, sockets, binaries: BINARIES, password: PASSWORD, user, archiveScript };
}

async function fill(server: TestServer, scale: number): Promise<void> {
  const rows = scale * 100_000;
  await server.sql(`
    CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88));
    CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84));
    CREATE TABLE pgbench_accounts (aid int, bid int, abalance int, filler char(84));
    CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
    CREATE TABLE orders (id bigint PRIMARY KEY, body text);
    INSERT INTO pgbench_branches SELECT g, 0, md5(g::text) FROM generate_series(1, ${scale}) g;
    INSERT INTO pgbench_tellers SELECT g, (g - 1) / 10 + 1, 0, md5(g::text) FROM generate_series(1, ${10 * scale}) g;
    INSERT INTO pgbench_accounts
      SELECT g, (g - 1) / 100000 + 1, 0, md5(g::text) || md5((g * 7)::text) FROM generate_series(1, ${rows}) g;
    ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid);
    INSERT INTO orders SELECT g, md5(g::text) FROM generate_series(1, ${5000 * scale}) g`);
  await server.sql('VACUUM ANALYZE');
  await server.sql('CHECKPOINT');
}

/** Writes about so many bytes of log, then deletes all orders. The position just before that. */
export async function writeAndDelete(world: World, bytes: number): Promise<string> {
  const { server, binaries, password } = world;
  const [first] = await server.sql<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
  const env = { PGPASSWORD: password, PATH: '/usr/bin:/bin' };
  const connection = ['-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres'];
  for (let written = 0; written < bytes; ) {
    execFileSync(join(binaries, 'pgbench'), [...connection, '-n', '-c', '8', '-j', '2', '-T', '5', 'postgres'], {
      env,
      stdio: 'ignore',
    });
    const [now] = await server.sql<{ n: string }>('SELECT pg_current_wal_insert_lsn() - $1::pg_lsn AS n', [first?.lsn]);
    written = Number(now?.n);
  }
  const [before] = await server.sql<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
  await server.sql('DELETE FROM orders');
  await server.sql('SELECT pg_switch_wal()');
  return before?.lsn as string;
}

export async function removeWorld({ server, sockets }: World): Promise<void> {
  await server.remove();
  rmSync(sockets, { recursive: true, force: true });
}

function serverUser(): World['user'] {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A folder of the user that owns the server. */
export function ownFolder({ user }: World, path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (user.uid !== undefined) chownSync(path, user.uid, user.gid as number);
  return path;
}

export async function bytesBelow(path: string): Promise<number> {
  if (!existsSync(path)) return 0;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

export { freePort };
