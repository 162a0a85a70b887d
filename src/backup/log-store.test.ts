import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { memoryRepository, reopened, testClock } from './repository.fake.ts';
import { openRepository } from './repository.ts';
import { Crash, crashAfter, withFaults } from './store-faults.fake.ts';

const clock = testClock();
const line = { component: 'database', system: '7300000000000000001', timeline: 1 };
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => error,
  );

describe('the write-ahead log', () => {
  test('a stretch comes back with all that is known of it', async () => {
    const { repository, store, identity } = await memoryRepository({ clock });
    const bytes = randomBytes(5000);
    clock.set('2026-01-14T03:05:06.789Z');
    const from = 0x1600000000n;
    const ref = await repository.putLog({ ...line, timeline: 26, from, bytes });
    expect(ref.key).toMatch(
      /^components\/database\/wal\/7300000000000000001\/0000001A\/0000001600000000-0000001600001388-20260114T030506789Z-[0-9a-f]{16}\.zst\.age$/,
    );
    expect(ref).toMatchObject({ ...line, timeline: 26, from, to: from + 5000n, storedAt: '2026-01-14T03:05:06.789Z' });
    expect(ref.storedBytes).toBe(store.objects.get(ref.key)?.length);
    expect(await (await reopened(store, identity, clock)).logs('database')).toEqual([ref]);
    expect((await repository.readLog(ref)).equals(bytes)).toBe(true);
  });

  test('stretches are listed by system, timeline and position', async () => {
    const { repository } = await memoryRepository({ clock });
    const put = (system: string, timeline: number, from: bigint) =>
      repository.putLog({ component: 'database', system, timeline, from, bytes: Buffer.alloc(10) });
    await put('2', 1, 0n);
    await put('1', 2, 0n);
    await put('1', 1, 0x100000000n);
    await put('1', 1, 20n);
    await repository.putLog({ ...line, component: 'other', from: 0n, bytes: Buffer.alloc(1) });
    expect((await repository.logs('database')).map((log) => [log.system, log.timeline, log.from])).toEqual([
      ['1', 1, 20n],
      ['1', 1, 0x100000000n],
      ['1', 2, 0n],
      ['2', 1, 0n],
    ]);
  });

  test('a stretch that was joined into a larger one since it was listed is read from that one', async () => {
    const { repository, store } = await memoryRepository({ clock });
    const put = (from: number, bytes: Buffer) => repository.putLog({ ...line, from: BigInt(from), bytes });
    const whole = randomBytes(100);
    const listed = await put(20, whole.subarray(20, 30));
    await put(10, whole.subarray(10, 60));
    expect(store.objects.has(listed.key)).toBe(false);
    expect(await repository.readLog(listed)).toEqual(whole.subarray(20, 30));
    await put(0, whole);
    expect(await repository.readLog(listed)).toEqual(whole.subarray(20, 30));
  });

  test('a stretch that is there and damaged is told, not got round; one that is gone and not covered is missing', async () => {
    const { repository, store } = await memoryRepository({ clock });
    const put = (from: number, length: number) =>
      repository.putLog({ ...line, from: BigInt(from), bytes: randomBytes(length) });
    await put(0, 100);
    const inside = await put(20, 10);
    const beside = await put(95, 10);
    store.objects.set(inside.key, Buffer.from('damaged'));
    expect(await refusal(repository.readLog(inside))).toMatchObject({ code: 'OBJECT_DAMAGED' });
    store.objects.delete(beside.key);
    expect(await refusal(repository.readLog(beside))).toMatchObject({ code: 'OBJECT_DAMAGED' });
  });

  test('a stretch that covers others completely replaces them, also those of an earlier process', async () => {
    const { repository, store, identity } = await memoryRepository({ clock });
    const put = (to: typeof repository, from: number, length: number, more = {}) =>
      to.putLog({ ...line, ...more, from: BigInt(from), bytes: Buffer.alloc(length) });
    for (const [from, length] of [
      [0, 10],
      [10, 5],
      [15, 10],
      [22, 8],
      [40, 5],
    ] as const)
      await put(repository, from, length);
    await put(repository, 0, 30, { timeline: 2 });
    const later = await reopened(store, identity, clock);
    await put(later, 0, 25);
    const left = (await later.logs('database')).map((log) => [log.timeline, log.from, log.to]);
    expect(left).toEqual([
      [1, 0n, 25n],
      [1, 22n, 30n],
      [1, 40n, 45n],
      [2, 0n, 30n],
    ]);
    await put(later, 0, 50);
    expect((await later.logs('database')).map((log) => [log.timeline, log.to])).toEqual([
      [1, 50n],
      [2, 30n],
    ]);
  });

  test('of the same stretch stored twice one stays, whoever looks when', async () => {
    const { repository, store, identity } = await memoryRepository({ clock });
    const other = await reopened(store, identity, clock);
    const put = (by: typeof repository) => by.putLog({ ...line, from: 0n, bytes: Buffer.from('same bytes') });
    await put(other);
    for (let round = 0; round < 10; round++) await Promise.all([put(repository), put(other), put(repository)]);
    const left = await repository.logs('database');
    expect(left.length).toBeGreaterThan(0);
    for (const log of left) expect(`${await repository.readLog(log)}`).toBe('same bytes');
  });

  test('cut off after any write, no byte of the log is lost', async () => {
    const pieces = [0, 10, 20].map((from) => ({ from: BigInt(from), bytes: Buffer.alloc(10, `${from}`) }));
    for (let writes = 0; ; writes++) {
      const { repository, store, identity } = await memoryRepository({ clock });
      for (const piece of pieces) await repository.putLog({ ...line, ...piece });
      const dying = await reopened(crashAfter(store, writes), identity, clock);
      const outcome = await refusal(dying.putLog({ ...line, from: 0n, bytes: Buffer.alloc(30, 'x') }));
      const after = await (await reopened(store, identity, clock)).logs('database');
      const covered = after.some((log) => log.from === 0n && log.to === 30n) || after.length === 3;
      expect(covered).toBe(true);
      if (writes === 0) expect(outcome).toBeInstanceOf(Crash);
      if (after.length === 1) break;
    }
  });

  test('what cannot be tidied away does not stop the log, and goes with the next stretch', async () => {
    const inner = await memoryRepository({ clock });
    const { store, assertAllFired } = withFaults(inner.store, [
      { on: 'remove', nth: 1, error: new Error('not allowed') },
      { on: 'list', nth: 2, error: new Error('not now') },
    ]);
    const repository = await openRepository(store, { recipients: [], clock });
    const put = (from: number, length: number) =>
      repository.putLog({ ...line, from: BigInt(from), bytes: Buffer.alloc(length) });
    await put(0, 10);
    await put(0, 20);
    expect(inner.store.objects.size).toBe(4);
    await put(0, 30);
    await put(0, 40);
    assertAllFired();
    expect(await inner.repository.logs('database')).toMatchObject([{ from: 0n, to: 40n }]);
  });

  test('a stretch that cannot be stored is an error, and the old ones stay', async () => {
    const inner = await memoryRepository({ clock });
    await inner.repository.putLog({ ...line, from: 0n, bytes: Buffer.alloc(10) });
    const { store } = withFaults(inner.store, [{ on: 'put', nth: 1, error: new Error('full') }]);
    const repository = await openRepository(store, { recipients: [], clock });
    await expect(repository.putLog({ ...line, from: 0n, bytes: Buffer.alloc(20) })).rejects.toThrow('full');
    expect(await inner.repository.logs('database')).toMatchObject([{ to: 10n }]);
  });

  test('an empty stretch, or one of no system, is refused', async () => {
    const { repository, store } = await memoryRepository({ clock });
    const put = (more: object) => repository.putLog({ ...line, from: 0n, bytes: Buffer.alloc(1), ...more });
    await expect(put({ bytes: Buffer.alloc(0) })).rejects.toThrow(RangeError);
    await expect(put({ system: '../x' })).rejects.toThrow(RangeError);
    expect(store.objects.size).toBe(2);
  });

  test('what lies among the log and is none is not taken for one', async () => {
    const { repository, store } = await memoryRepository({ clock });
    const ref = await repository.putLog({ ...line, from: 0n, bytes: Buffer.alloc(10) });
    const backwards = ref.key.replace('0000000000000000-000000000000000A', '000000000000000A-0000000000000000');
    await store.put(backwards, Buffer.from('x'));
    await store.put(`${ref.key}.copy`, Buffer.from('x'));
    expect(await repository.logs('database')).toEqual([ref]);
  });
});

describe('histories of timelines', () => {
  test('are kept per system, the newest counts, and no key is needed', async () => {
    const { repository, store } = await memoryRepository({ clock });
    const keyless = await openRepository(store, { recipients: [], clock });
    const two = '1\t0/3000000\tno recovery target specified\n';
    clock.set('2026-01-14T04:00:00.000Z');
    await repository.putTimelineHistory('database', '7', 2, 'old');
    clock.set('2026-01-14T05:00:00.000Z');
    await repository.putTimelineHistory('database', '7', 2, two);
    await repository.putTimelineHistory('database', '7', 2, two);
    await repository.putTimelineHistory('database', '7', 3, `${two}2\t0/5000000\treason\n`);
    await repository.putTimelineHistory('database', '8', 2, 'other system');
    const found = await keyless.timelineHistories('database', '7');
    expect([...found]).toEqual([
      [2, two],
      [3, `${two}2\t0/5000000\treason\n`],
    ]);
    expect([...store.objects.keys()].filter((key) => key.endsWith('.history'))).toHaveLength(3);
    expect(await keyless.timelineHistories('database', '9')).toEqual(new Map());
    expect(await keyless.logs('database')).toEqual([]);
  });
});
