import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { parseLsn } from '../../src/model/lsn.ts';
import type { BackupRepository } from '../../src/model/repository.ts';
import { archiveUpTo } from '../../src/providers/postgres/stream/archive.ts';
import { takeBaseBackup } from '../../src/providers/postgres/stream/base-backup.ts';
import { receiveWal } from '../../src/providers/postgres/stream/receive-wal.ts';
import { type StreamState, streamWal } from '../../src/providers/postgres/stream/stream-wal.ts';
import { scanTransactions } from '../../src/providers/postgres/wal/transactions.ts';
import { freePort, PASSWORD, startServer, type TestServer } from './postgres-stream-server.ts';
import { serverLog, storedLog, type TestRepository, testRepository } from './postgres-stream-world.ts';
import { asSource } from './postgres-wal-oracle.ts';

const never = new AbortController().signal;
const SEGMENT = 16 << 20;
let server: TestServer;
let repo: TestRepository;
let component: string;
let count = 0;

beforeAll(async () => {
  server = await startServer({ wal_keep_size: '1GB', max_replication_slots: '40', wal_sender_timeout: '5s' });
  await server.sql('CREATE TABLE t (id bigserial PRIMARY KEY, body text)');
}, 60_000);
afterAll(() => server?.remove());
beforeEach(async () => {
  repo = await testRepository();
  component = `db-${count++}`;
});
afterEach(() => repo.remove());

const common = () => ({
  connection: server.uri,
  component,
  repository: repo.repository,
  signal: never,
  clock: systemClock,
});
const write = (rows: number) =>
  server.sql(`INSERT INTO t (body) SELECT repeat(md5(g::text), 20) FROM generate_series(1, ${rows}) g`);
const position = async () => parseLsn((await server.sql('SELECT pg_current_wal_flush_lsn()::text AS l'))[0]?.l);

/** Byte for byte what the server has in pg_wal, without a hole, up to `until` at least. */
async function expectIdentical(until: bigint): Promise<void> {
  const { from, bytes } = await storedLog(repo.repository, component);
  expect(from % BigInt(SEGMENT)).toBe(0n);
  expect(from + BigInt(bytes.length)).toBeGreaterThanOrEqual(until);
  expect(Buffer.compare(bytes, await serverLog(server.data, from, bytes.length))).toBe(0);
}

describe('receiving', () => {
  test('until a position: stored to there at least, identical to the server, whole segments replace their pieces', async () => {
    const first = await position();
    await receiveWal({ ...common(), until: first });
    await write(60_000);
    const goal = await position();
    const received = await receiveWal({ ...common(), until: goal, flushEvery: 20 });
    expect(received.flushed).toBeGreaterThanOrEqual(goal);
    await expectIdentical(goal);
    const logs = await repo.repository.logs(component);
    const whole = logs.filter((log) => log.to - log.from === BigInt(SEGMENT));
    expect(whole.length).toBeGreaterThanOrEqual(2);
    for (const log of logs.filter((piece) => !whole.includes(piece)))
      expect(whole.some((segment) => segment.from <= log.from && log.to <= segment.to)).toBe(false);
  });

  test('what is there already is not asked for', async () => {
    const goal = await position();
    const first = await receiveWal({ ...common(), until: goal });
    const again = await receiveWal({ ...common(), until: goal });
    expect(again.flushed).toBeGreaterThanOrEqual(first.flushed);
  });

  test('the slot says what is durable here, and no more', async () => {
    const goal = await position();
    const { flushed } = await receiveWal({ ...common(), until: goal });
    const slot = `lifeboat_${component.replace('-', '_')}`;
    const restart = (
      await server.sql('SELECT restart_lsn::text AS l FROM pg_replication_slots WHERE slot_name = $1', [slot])
    )[0]?.l;
    expect(parseLsn(restart)).toBeLessThanOrEqual(flushed);
    expect(parseLsn(restart)).toBeGreaterThanOrEqual(goal);
  });

  test('an abort stores what has arrived, acknowledges and returns', async () => {
    const stop = new AbortController();
    const started = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    let goal: bigint | undefined;
    const receiving = receiveWal({
      ...common(),
      signal: stop.signal,
      flushEvery: 3_600_000,
      onProgress: ({ serverPosition }) => {
        started.resolve();
        if (goal !== undefined && serverPosition >= goal) arrived.resolve();
      },
    });
    await started.promise; // the server asks for a sign of life every 2.5 s
    await write(10);
    goal = await position();
    await arrived.promise;
    stop.abort();
    const { flushed } = await receiving;
    expect(flushed).toBeGreaterThanOrEqual(goal);
    await expectIdentical(goal);
  }, 20_000);

  test('a second stream of the same component is told so', async () => {
    const stop = new AbortController();
    const started = Promise.withResolvers<void>();
    const first = receiveWal({ ...common(), signal: stop.signal, flushEvery: 20, onProgress: () => started.resolve() });
    await started.promise;
    await expect(receiveWal({ ...common(), until: await position() })).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      hint: expect.stringContaining('one stream per component'),
    });
    stop.abort();
    await first;
  });

  test('a repository that fails stops it, and the server keeps the log', async () => {
    const broken: BackupRepository = { ...repo.repository, putLog: () => Promise.reject(new Error('no room')) };
    await expect(receiveWal({ ...common(), repository: broken, until: await position() })).rejects.toMatchObject({
      message: expect.stringContaining('no room'),
    });
    const goal = await position();
    await receiveWal({ ...common(), until: goal });
    await expectIdentical(goal);
  });

  test('a wrong password and a server that is not there', async () => {
    const wrong = server.uri.replace(PASSWORD, 'wrong');
    await expect(receiveWal({ ...common(), connection: wrong })).rejects.toMatchObject({ code: 'TARGET_DENIED' });
    const nobody = `postgres://postgres@127.0.0.1:${await freePort()}/x`;
    await expect(receiveWal({ ...common(), connection: nobody })).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' });
  });
});

describe('synchronous', () => {
  const committedInRepository = async () => {
    const { from, bytes } = await storedLog(repo.repository, component);
    const found = await scanTransactions(asSource([{ start: from, bytes }]));
    return found.map((transaction) => transaction.xid);
  };

  test('a commit returns only when it is in the repository', async () => {
    await server.sql('SELECT pg_switch_wal()');
    await server.sql('CHECKPOINT'); // so that the slot begins here
    const stop = new AbortController();
    const started = Promise.withResolvers<void>();
    const streaming = streamWal({
      ...common(),
      signal: stop.signal,
      synchronous: true,
      onState: ({ state }) => state === 'streaming' && started.resolve(),
    });
    await started.promise;
    await server.sql(`ALTER SYSTEM SET synchronous_standby_names = 'lifeboat_${component.replace('-', '_')}'`);
    await server.sql('SELECT pg_reload_conf()');
    const isSync = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'";
    while ((await server.sql(isSync)).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    try {
      for (let tries = 0; tries < 10; tries++) {
        const [row] = await server.sql(
          "INSERT INTO t (body) VALUES ('sync') RETURNING pg_current_xact_id()::text AS x",
        );
        expect(await committedInRepository()).toContain(Number(row?.x));
      }
    } finally {
      await server.sql('ALTER SYSTEM RESET synchronous_standby_names');
      await server.sql('SELECT pg_reload_conf()');
      stop.abort();
      await streaming;
    }
    await expectIdentical(await position());
  }, 30_000);
});

describe('archiving up to a position', () => {
  test('nobody streams: it does it itself, and leaves no slot behind', async () => {
    await write(10);
    const goal = await position();
    const { flushed } = await archiveUpTo({ ...common(), position: goal, timeout: 10_000 });
    expect(flushed).toBeGreaterThanOrEqual(goal);
    await expectIdentical(goal);
    expect(
      await server.sql('SELECT 1 FROM pg_replication_slots WHERE slot_name = $1', [
        `lifeboat_${component.replace('-', '_')}`,
      ]),
    ).toEqual([]);
  });

  test('somebody streams: it waits for that one', async () => {
    const stop = new AbortController();
    const started = Promise.withResolvers<void>();
    const streaming = streamWal({
      ...common(),
      signal: stop.signal,
      flushEvery: 100,
      onState: ({ state }) => state === 'streaming' && started.resolve(),
    });
    await started.promise;
    await write(10);
    const goal = await position();
    expect((await archiveUpTo({ ...common(), position: goal, timeout: 10_000 })).flushed).toBeGreaterThanOrEqual(goal);
    stop.abort();
    await streaming;
  });

  test('a position the server never reaches times out', async () => {
    const far = (await position()) + 1_000_000n;
    await expect(archiveUpTo({ ...common(), position: far, timeout: 500 })).rejects.toMatchObject({
      code: 'TIMED_OUT',
    });
  });
});

describe('log that is gone', () => {
  test('says LOG_GAP until a base backup is taken, then goes on', async () => {
    await receiveWal({ ...common(), until: await position() });
    await server.sql("ALTER SYSTEM SET wal_keep_size = '0'");
    await server.sql('SELECT pg_reload_conf()');
    // A sender that was left ends a moment after us, and keeps its slot until then.
    const left = 'SELECT count(*)::int AS n FROM pg_replication_slots WHERE active';
    await expect.poll(async () => (await server.sql(left))[0]?.n, { timeout: 20_000 }).toBe(0);
    await server.sql('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots');
    for (let i = 0; i < 3; i++) {
      await server.sql('SELECT pg_switch_wal()');
      await write(10);
      await server.sql('CHECKPOINT');
    }
    await expect(receiveWal({ ...common(), until: await position() })).rejects.toMatchObject({
      code: 'LOG_GAP',
      hint: expect.stringContaining('base backup'),
    });
    await takeBaseBackup({ ...common(), id: 'after', slot: true });
    const goal = await position();
    const received = await receiveWal({ ...common(), until: goal });
    expect(received.flushed).toBeGreaterThanOrEqual(goal);
    await server.sql("ALTER SYSTEM SET wal_keep_size = '1GB'");
    await server.sql('SELECT pg_reload_conf()');
  }, 30_000);
});

describe('cuts', () => {
  test('the server is restarted, killed and started in the middle: nothing is missing or doubled', async () => {
    const stop = new AbortController();
    const states: StreamState[] = [];
    const waiting: { goal: bigint; reached: () => void }[] = [];
    const streaming = streamWal({
      ...common(),
      signal: stop.signal,
      flushEvery: 30,
      onState: (state) => {
        states.push(state);
        if (state.state === 'streaming') for (const wait of waiting) if (state.flushed >= wait.goal) wait.reached();
      },
    });
    for (const how of ['SIGINT', 'SIGKILL'] as const) {
      await write(2000);
      await server.stop(how);
      await server.start();
    }
    await write(2000);
    const goal = await position();
    await new Promise<void>((reached) => waiting.push({ goal, reached }));
    stop.abort();
    await streaming;
    expect(states.filter((state) => state.state === 'cut').length).toBeGreaterThan(0);
    await expectIdentical(goal);
  }, 60_000);

  const stream = (synchronous: boolean): ChildProcess => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'postgres-stream-child.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { folder, recipient, identity } = repo;
    child.stdin?.write(JSON.stringify({ connection: server.uri, component, folder, recipient, identity, synchronous }));
    return child;
  };

  test.each([false, true])(
    'the stream is killed again and again (synchronous: %s): identical, without a hole',
    async (synchronous) => {
      const load = { on: true };
      const writing = (async () => {
        while (load.on) await write(3000);
      })();
      for (const lines of [1, 2, 5, 9, 14]) {
        const child = stream(synchronous);
        let seen = 0;
        for await (const _line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
          seen += 1;
          if (seen >= lines) break;
        }
        const over = once(child, 'exit');
        child.kill('SIGKILL');
        await over;
      }
      load.on = false;
      await writing;
      const goal = await position();
      await archiveUpTo({ ...common(), position: goal, timeout: 20_000 });
      await expectIdentical(goal);
    },
    60_000,
  );
});
