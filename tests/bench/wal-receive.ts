import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseLsn } from '../../src/model/lsn.ts';
import { BINARIES, PASSWORD, startServer, type TestServer } from '../integration/postgres-stream-server.ts';
import { median } from './postgres/measure.ts';

/*
 * The stream of the log beside pg_receivewal, turn by turn, as medians: npm run bench wal-receive [-- --megabytes 1024 --rounds 5]
 * 1. How fast a backlog is received: onto the disk of the receiver, and (ours) compressed and encrypted into the repository.
 * 2. How many commits a second a server accepts whose commits wait for the receiver.
 */
const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '1024' }, rounds: { type: 'string', default: '5' } },
});
const megabytes = Number(values.megabytes);
const rounds = Number(values.rounds);
const RECEIVER = fileURLToPath(new URL('./postgres/receiver.ts', import.meta.url));
const COMMITS_SECONDS = 5;

const folder = mkdtempSync(join(tmpdir(), 'lbwal-'));
chmodSync(folder, 0o755);
const server = await startServer({
  fsync: 'on',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '30min',
  wal_keep_size: `${megabytes * 3}MB`,
});
try {
  await compareBacklog();
  await compareCommits();
} finally {
  await server.remove();
  rmSync(folder, { recursive: true, force: true });
}

async function compareBacklog(): Promise<void> {
  await server.sql('CREATE TABLE filler (id bigserial PRIMARY KEY, body text)');
  const slots = Array.from({ length: rounds }, (_, round) => `theirs_${round}`);
  const begun = await position();
  const found: { theirs: number; spooled: number; stored: number; peak: number }[] = [];
  for (const slot of slots) await server.sql(`SELECT pg_create_physical_replication_slot('${slot}', true)`);
  await server.sql(`SELECT pg_create_physical_replication_slot('lifeboat_database', true)`);
  while ((await position()) - begun < BigInt(megabytes) * 1_000_000n)
    await server.sql(
      `INSERT INTO filler (body) SELECT md5(g::text) || md5((g * 7)::text) FROM generate_series(1, 200000) g`,
    );
  await server.sql('CHECKPOINT');
  const goal = await position();
  for (const [round, slot] of slots.entries()) {
    const theirs = theirBacklog(slot, goal);
    found.push({ theirs, ...ourBacklog(round, goal) });
    // Ours is told that everything has been received; the next round begins anew.
    await server.sql(`SELECT pg_drop_replication_slot('lifeboat_database')`);
    await server.sql(`SELECT pg_copy_physical_replication_slot('${slots[round + 1] ?? slot}', 'lifeboat_database')`);
  }
  const of = (key: 'theirs' | 'spooled' | 'stored') => median(found.map((one) => one[key]));
  const rate = (ms: number) => `${(Number(goal - begun) / 1e3 / ms).toFixed(0)} MB/s`;
  console.log(`a backlog of ${Number(goal - begun) / 1e6} MB`);
  console.log(`  pg_receivewal                          ${rate(of('theirs'))}`);
  console.log(
    `  ours, durable in the spool             ${rate(of('spooled'))}, ${ratio(of('theirs'), of('spooled'))} of theirs`,
  );
  console.log(
    `  ours, compressed, encrypted, stored    ${rate(of('stored'))}, ${ratio(of('theirs'), of('stored'))} of theirs`,
  );
  console.log(
    `  peak memory of ours                    ${(Math.max(...found.map(({ peak }) => peak)) / 1e6).toFixed(0)} MB`,
  );
}

function theirBacklog(slot: string, goal: bigint): number {
  const into = folderOf(`theirs-${slot}`);
  const begun = performance.now();
  const end = `${(goal >> 32n).toString(16)}/${(goal & 0xffffffffn).toString(16)}`;
  execFileSync(
    join(BINARIES, 'pg_receivewal'),
    ['-D', into, '-S', slot, '-d', server.uri, '--no-loop', '-E', end],
    asServer(),
  );
  const took = performance.now() - begun;
  rmSync(into, { recursive: true });
  return took;
}

function ourBacklog(round: number, goal: bigint): { spooled: number; stored: number; peak: number } {
  const into = folderOf(`ours-${round}`);
  const said = execFileSync(process.execPath, [RECEIVER, server.uri, into, String(goal)], { encoding: 'utf8' });
  rmSync(into, { recursive: true });
  return JSON.parse(said);
}

async function compareCommits(): Promise<void> {
  execFileSync(join(BINARIES, 'pgbench'), ['-i', '-q', '-s', '10', server.uri], { stdio: 'ignore' });
  const found: { theirs: number; ours: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const theirs = await commits('pg_receivewal', () => theirSynchronous(round));
    found.push({ theirs, ours: await commits('lifeboat_database', () => ourSynchronous(round)) });
  }
  const [theirs, ours] = [median(found.map((one) => one.theirs)), median(found.map((one) => one.ours))];
  console.log(`\ncommits that wait for the receiver (pgbench -c 8, ${COMMITS_SECONDS} s)`);
  console.log(`  pg_receivewal --synchronous            ${theirs.toFixed(0)} a second`);
  console.log(`  ours, synchronous with a spool         ${ours.toFixed(0)} a second, ${ratio(ours, theirs)} of theirs`);
}

/** Transactions a second while commits wait for a standby of this name. */
async function commits(standby: string, begin: () => ChildProcess): Promise<number> {
  const receiver = begin();
  try {
    await setStandby(standby);
    await untilWaitedFor(standby);
    const argv = ['-n', '-c', '8', '-j', '2', '-N', '-T', String(COMMITS_SECONDS), server.uri];
    const said = execFileSync(join(BINARIES, 'pgbench'), argv, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(/tps = ([\d.]+)/.exec(said)?.[1]);
  } finally {
    await setStandby('');
    const over = once(receiver, 'exit');
    receiver.kill('SIGTERM');
    await over;
  }
}

function theirSynchronous(round: number): ChildProcess {
  const argv = ['-D', folderOf(`sync-theirs-${round}`), '-d', server.uri, '--synchronous', '--no-loop'];
  return spawn(join(BINARIES, 'pg_receivewal'), argv, { ...asServer(), stdio: 'ignore' });
}

function ourSynchronous(round: number): ChildProcess {
  const argv = [RECEIVER, server.uri, folderOf(`sync-ours-${round}`), '0', 'synchronous'];
  return spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function setStandby(name: string): Promise<void> {
  await server.sql(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
  await server.sql('SELECT pg_reload_conf()');
}

async function untilWaitedFor(name: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const found = await server.sql(
      `SELECT 1 FROM pg_stat_replication WHERE application_name = '${name}' AND sync_state = 'sync'`,
    );
    if (found.length > 0) return;
    await pause(25);
  }
  throw new Error(`no commit waits for ${name}`);
}

function folderOf(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  const { uid, gid } = asServer();
  if (uid !== undefined) chownSync(path, uid, gid as number);
  return path;
}

function asServer(): { uid?: number; gid?: number; env: Record<string, string> } {
  const env = { PGPASSWORD: PASSWORD, PATH: '/usr/bin:/bin' };
  if (process.getuid?.() !== 0) return { env };
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g'), env };
}

async function position(): Promise<bigint> {
  const [now] = await (server as TestServer).sql<{ lsn: string }>('SELECT pg_current_wal_flush_lsn()::text AS lsn');
  return parseLsn(now?.lsn as string);
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}
