import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { KnownError } from '../../src/model/errors.ts';
import { parseLsn } from '../../src/model/lsn.ts';
import type { BackupRepository } from '../../src/model/repository.ts';
import { receiveWal } from '../../src/providers/postgres/stream/receive-wal.ts';
import { openReplication } from '../../src/providers/postgres/stream/replication.ts';
import { streamWal } from '../../src/providers/postgres/stream/stream-wal.ts';
import { PASSWORD, standbyOf, startServer, type TestServer } from './postgres-stream-server.ts';
import { serverLog, storedLog, type TestRepository, testRepository } from './postgres-stream-world.ts';

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

describe('streaming on and on', () => {
  test('what does not pass by itself ends it', async () => {
    const connection = server.uri.replace(PASSWORD, 'wrong');
    await expect(streamWal({ ...common(), connection })).rejects.toMatchObject({ code: 'TARGET_DENIED' });
    const broken: BackupRepository = {
      ...repo.repository,
      putLog: () => Promise.reject(new KnownError('OBJECT_DAMAGED', 'a', 'b')),
    };
    await expect(streamWal({ ...common(), repository: broken })).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
  });

  test('a repository without room is tried again', async () => {
    let full = 2;
    const stop = new AbortController();
    const repository: BackupRepository = {
      ...repo.repository,
      putLog: (log) =>
        full-- > 0 ? Promise.reject(new KnownError('DISK_FULL', 'no room', 'make some')) : repo.repository.putLog(log),
    };
    const goal = await position();
    const cuts: string[] = [];
    const streaming = streamWal({
      ...common(),
      repository,
      signal: stop.signal,
      flushEvery: 20,
      onState: (state) => {
        if (state.state === 'cut') cuts.push(state.error.code);
        if (state.state === 'streaming' && state.flushed >= goal) stop.abort();
      },
    });
    await streaming;
    expect(cuts).toEqual(['DISK_FULL', 'DISK_FULL']);
    await expectIdentical(goal);
  }, 20_000);

  test('a second stream says once that it waits, and takes over when the first one ends', async () => {
    const stops = [new AbortController(), new AbortController()] as const;
    const [first, tried, second] = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
    const said: string[] = [];
    const one = streamWal({
      ...common(),
      signal: stops[0].signal,
      flushEvery: 20,
      onState: ({ state }) => state === 'streaming' && first?.resolve(),
    });
    await first?.promise;
    const two = streamWal({
      ...common(),
      signal: stops[1].signal,
      flushEvery: 20,
      onState: (state) => {
        said.push(state.state === 'cut' ? state.error.message : state.state);
        if (said.filter((one) => one === 'connecting').length === 4) tried?.resolve();
        if (state.state === 'streaming') second?.resolve();
      },
    });
    await tried?.promise;
    const busy = expect.stringContaining('another stream holds the slot');
    expect(said).toEqual(['connecting', busy, 'connecting', 'connecting', 'connecting']);
    stops[0].abort();
    await one;
    await second?.promise;
    stops[1].abort();
    await two;
  }, 30_000);
});

describe('timelines', () => {
  test('a promoted standby is followed, with its history file', async () => {
    const standby = await standbyOf(server);
    try {
      await write(500);
      const before = await position();
      await receiveWal({ ...common(), until: before });
      await caughtUp(standby, before);
      await standby.sql('SELECT pg_promote()');
      await standby.sql("INSERT INTO t (body) SELECT 'after' FROM generate_series(1, 100)");
      const goal = parseLsn((await standby.sql('SELECT pg_current_wal_flush_lsn()::text AS l'))[0]?.l);
      const received = await receiveWal({ ...common(), connection: standby.uri, until: goal });
      expect(received.timeline).toBe(2);
      const { from, bytes } = await storedLog(repo.repository, component, 2);
      expect(Buffer.compare(bytes, await serverLog(standby.data, from, bytes.length, 2))).toBe(0);
      expect((await repo.repository.timelineHistories(component, received.system)).get(2)).toMatch(/^1\t/);
    } finally {
      await standby.remove();
    }
  }, 60_000);
});

async function caughtUp(standby: TestServer, goal: bigint): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const l = (await standby.sql('SELECT pg_last_wal_replay_lsn()::text AS l'))[0]?.l;
    if (l && parseLsn(l) >= goal) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the standby does not follow');
}

test('the connection is closed after each call', async () => {
  const replication = await openReplication(common());
  await replication.close();
  const left = await server.sql("SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'walsender'");
  expect(left[0]?.n).toBeLessThanOrEqual(1);
});
