import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { parseLsn } from '../../src/model/lsn.ts';
import type { BackupRepository } from '../../src/model/repository.ts';
import type { SpoolPlace } from '../../src/providers/postgres/stream/spool.ts';
import { type StreamState, streamWal } from '../../src/providers/postgres/stream/stream-wal.ts';
import { startServer, type TestServer } from './postgres-stream-server.ts';
import { serverLog, storedLog, type TestRepository, testRepository } from './postgres-stream-world.ts';

/* The stream with a spool: durable on this machine first, in the repository as soon as it can be. */
let server: TestServer;
let repo: TestRepository;
let spoolFolder: string;
let component: string;
let count = 0;

beforeAll(async () => {
  server = await startServer({ wal_keep_size: '1GB', max_replication_slots: '20', wal_sender_timeout: '5s' });
  await server.sql('CREATE TABLE t (id bigserial PRIMARY KEY, body text)');
}, 60_000);
afterAll(() => server?.remove());
beforeEach(async () => {
  repo = await testRepository();
  spoolFolder = await mkdtemp(join(tmpdir(), 'lbspool-'));
  component = `spooled-${count++}`;
});
afterEach(async () => {
  await repo.remove();
  await rm(spoolFolder, { recursive: true, force: true });
});

const write = (rows: number) =>
  server.sql(`INSERT INTO t (body) SELECT repeat(md5(g::text), 20) FROM generate_series(1, ${rows}) g`);
const position = async () => parseLsn((await server.sql('SELECT pg_current_wal_flush_lsn()::text AS l'))[0]?.l);
const slots = () => server.sql(`SELECT slot_name FROM pg_replication_slots WHERE slot_name = $1`, [slot()]);
const slot = () => `lifeboat_${component.replace('-', '_')}`;

interface Running {
  /** Resolves with the first state that is wanted. */
  until<S extends StreamState>(wanted: (state: StreamState) => state is S): Promise<S>;
  stop(): Promise<void>;
  readonly ended: Promise<void>;
}

function stream(repository: BackupRepository, spool: Partial<SpoolPlace> = {}): Running {
  const stopping = new AbortController();
  const states: StreamState[] = [];
  let look: () => void = () => undefined;
  const ended = streamWal({
    connection: server.uri,
    repository,
    component,
    clock: systemClock,
    signal: stopping.signal,
    flushEvery: 50,
    spool: { folder: spoolFolder, limit: 1e9, whenFull: 'hold', ...spool },
    onState: (state) => {
      states.push(state);
      look();
    },
  });
  ended.catch(() => undefined);
  return {
    ended,
    until: (wanted) =>
      new Promise((resolve, reject) => {
        look = () => {
          const found = states.find(wanted);
          if (found) resolve(found);
        };
        look();
        ended.then(() => reject(new Error('the stream has ended')), reject);
      }),
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

type Of<K extends StreamState['state']> = Extract<StreamState, { state: K }>;
const streamedTo =
  (goal: bigint) =>
  (state: StreamState): state is Of<'streaming'> =>
    state.state === 'streaming' && state.flushed >= goal;
const storedTo =
  (goal: bigint) =>
  (state: StreamState): state is Of<'stored'> =>
    state.state === 'stored' && state.stored >= goal;
const notStored = (state: StreamState): state is Of<'not-stored'> => state.state === 'not-stored';

async function expectIdentical(until: bigint): Promise<void> {
  const { from, bytes } = await storedLog(repo.repository, component);
  expect(from + BigInt(bytes.length)).toBeGreaterThanOrEqual(until);
  expect(Buffer.compare(bytes, await serverLog(server.data, from, bytes.length))).toBe(0);
}

/** A repository that cannot be reached while `away` is true. */
function flaky(): { repository: BackupRepository; away: boolean } {
  const state = { away: true, repository: repo.repository };
  const guarded = new Proxy(repo.repository, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (state.away) return Promise.reject(new Error('the repository is away'));
        return value.apply(target, args);
      };
    },
  });
  state.repository = guarded;
  return state;
}

const spooledFiles = () => readdir(join(spoolFolder, component));

describe('a spool', () => {
  test('is on the way: what arrives is in the repository soon, identical, and whole segments do not stay', async () => {
    const running = stream(repo.repository);
    await running.until(streamedTo(0n));
    await write(60_000);
    const goal = await position();
    await running.until(storedTo(goal));
    await running.stop();
    await expectIdentical(goal);
    expect(await spooledFiles()).toHaveLength(1);
    expect((await stat(join(spoolFolder, component))).mode & 0o777).toBe(0o700);
  });

  test('takes the log in while the repository is away, acknowledges it, and brings it there afterwards', async () => {
    const first = stream(repo.repository);
    await first.until(streamedTo(0n));
    await first.stop();
    const state = flaky();
    const running = stream(state.repository);
    await running.until(streamedTo(0n));
    await write(30_000);
    const goal = await position();
    await running.until(streamedTo(goal));
    expect((await running.until(notStored)).spooled).toBeGreaterThan(0);
    state.away = false;
    await running.until(storedTo(goal));
    await running.stop();
    await expectIdentical(goal);
  });

  test('a stream that ended while the repository was away is carried on by the next one, also without the server', async () => {
    const state = flaky();
    state.away = false;
    const first = stream(state.repository);
    await first.until(streamedTo(await position()));
    state.away = true;
    await write(20_000);
    const goal = await position();
    await first.until(streamedTo(goal));
    await first.stop();
    await server.stop();
    try {
      const second = stream(repo.repository);
      await second.until(storedTo(goal));
      await second.stop();
    } finally {
      await server.start();
    }
    await expectIdentical(goal);
  });

  test('that is full lets the server wait, and goes on when there is room', async () => {
    const state = flaky();
    state.away = false;
    const running = stream(state.repository, { limit: 20e6 });
    await running.until(streamedTo(0n));
    state.away = true;
    const begun = await position();
    await write(120_000);
    const goal = await position();
    await running.until(notStored);
    await running.until((now): now is Of<'not-stored'> => notStored(now) && now.spooled >= 20e6);
    expect(goal - begun).toBeGreaterThan(60n * 1_000_000n);
    const [{ kept }] = (await server.sql(
      'SELECT restart_lsn::text AS kept FROM pg_replication_slots WHERE slot_name = $1',
      [slot()],
    )) as [{ kept: string }];
    expect(parseLsn(kept)).toBeLessThan(goal);
    state.away = false;
    await running.until(storedTo(goal));
    await running.stop();
    await expectIdentical(goal);
  });

  test('that is full and may let the log go drops the slot and says what that means', async () => {
    const state = flaky();
    state.away = false;
    const running = stream(state.repository, { limit: 20e6, whenFull: 'let_go' });
    await running.until(streamedTo(0n));
    expect(await slots()).toHaveLength(1);
    state.away = true;
    await write(120_000);
    await expect(running.ended).rejects.toMatchObject({
      code: 'LOG_GAP',
      hint: expect.stringContaining('base backup'),
    });
    expect(await slots()).toEqual([]);
  });

  test('in a folder that may not be written is an error that says so', async () => {
    const closed = join(spoolFolder, 'file');
    await writeFile(closed, '');
    await expect(stream(repo.repository, { folder: closed }).ended).rejects.toMatchObject({
      code: 'TARGET_DENIED',
      message: expect.stringContaining(closed),
    });
  });
});
