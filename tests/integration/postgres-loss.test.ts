import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { streamWal } from '../../src/providers/postgres/stream/stream-wal.ts';
import { logSource } from '../../src/providers/postgres/wal/source.ts';
import { scanTransactions } from '../../src/providers/postgres/wal/transactions.ts';
import { startServer, type TestServer } from './postgres-stream-server.ts';
import { type TestRepository, testRepository } from './postgres-stream-world.ts';

/*
 * What a client was told is committed must be in the repository when the server and its disk are gone, killed at any moment under load.
 * Twenty kills, a hundred with CHAOS=all; every second time the stream is killed first, and another one finds what its spool holds.
 * The server's disk is never looked at before what is stored was judged.
 */
const KILLS = process.env.CHAOS === 'all' ? 100 : 20;
const STANDBY = 'lifeboat_database';

let server: TestServer;
let repo: TestRepository;
let spool: string;
beforeAll(async () => {
  server = await startServer({ wal_keep_size: '1GB', synchronous_standby_names: STANDBY, wal_sender_timeout: '5s' });
  repo = await testRepository();
  spool = await mkdtemp(join(tmpdir(), 'lbspool-'));
  const client = await server.client();
  await client.query('SET synchronous_commit = local');
  await client.query('CREATE TABLE orders (id bigserial PRIMARY KEY, body text)');
  await client.end();
}, 60_000);
afterAll(async () => {
  await server?.remove();
  await repo?.remove();
  await rm(spool, { recursive: true, force: true });
});

function startStream(): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'postgres-stream-child.ts')], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const { folder, recipient, identity } = repo;
  const of = { connection: server.uri, component: 'database', folder, recipient, identity };
  child.stdin?.end(JSON.stringify({ ...of, synchronous: true, spool }));
  return child;
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const over = once(child, 'exit');
  child.kill(signal);
  await over;
}

async function untilCommitsWait(): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const [found] = await server.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_replication WHERE application_name = $1 AND sync_state = 'sync'`,
      [STANDBY],
    );
    if (found?.n === 1) return;
    await pause(25);
  }
  throw new Error('no commit waits for the stream');
}

/** Writers that note what the server has acknowledged, until it dies. */
async function loadOf(writers: number, acknowledged: number[]): Promise<{ over: Promise<unknown> }> {
  const clients = await Promise.all(Array.from({ length: writers }, () => server.client()));
  const over = clients.map(async (client) => {
    try {
      for (;;) {
        const { rows } = await client.query(
          "INSERT INTO orders (body) VALUES ('x') RETURNING pg_current_xact_id()::text AS xid",
        );
        acknowledged.push(Number(rows[0].xid));
      }
    } catch {
      await client.end().catch(() => undefined); // the server was killed
    }
  });
  return { over: Promise.all(over) };
}

/** All processes of the server at once, as when its machine is gone. */
async function loseServer(): Promise<void> {
  const pid = readFileSync(join(server.data, 'postmaster.pid'), 'utf8').split('\n', 1)[0];
  execFileSync('sh', ['-c', `kill -9 ${pid} $(pgrep -P ${pid})`]);
  await server.stop('SIGKILL');
}

/** A stream that finds no server brings what the spool holds into the repository. */
async function emptySpool(): Promise<void> {
  const stopping = new AbortController();
  await streamWal({
    connection: server.uri,
    repository: repo.repository,
    component: 'database',
    clock: systemClock,
    signal: stopping.signal,
    spool: { folder: spool, limit: 1e9, whenFull: 'hold' },
    onState: ({ state }) => state === 'stored' && stopping.abort(),
  });
}

let seenTo = 0n;
/** What is committed by the log in the repository, as far as it was not seen before. */
async function stored(): Promise<ReadonlySet<number>> {
  const logs = (await repo.repository.logs('database')).filter(({ to }) => to > seenTo);
  const found = await scanTransactions(logSource(repo.repository, logs));
  seenTo = (logs.at(-1)?.to ?? 0n) - (32n << 20n);
  return new Set(found.map(({ xid }) => xid));
}

test(`commits that wait for the stream: ${KILLS} times the server is killed under load, none that was acknowledged is lost`, {
  timeout: KILLS * 30_000,
}, async () => {
  let all = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const child = startStream();
    await untilCommitsWait();
    const acknowledged: number[] = [];
    const { over } = await loadOf(4, acknowledged);
    const enough = 20 + ((kill * 37) % 160);
    for (let tries = 0; acknowledged.length < enough && tries < 4000; tries++) await pause(5);
    expect(acknowledged.length).toBeGreaterThanOrEqual(enough);
    if (kill % 2 === 1) await end(child, 'SIGKILL');
    await loseServer();
    await over;
    if (kill % 2 === 0) await end(child, 'SIGTERM');
    else await emptySpool();
    const safe = await stored();
    expect(acknowledged.filter((xid) => !safe.has(xid))).toEqual([]);
    all += acknowledged.length;
    await server.start();
  }
  console.log(`${KILLS} kills, ${all} acknowledged commits, none lost`);
});
