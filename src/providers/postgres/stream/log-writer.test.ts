import { describe, expect, test } from 'vitest';
import { LogWriter } from './log-writer.ts';

const SEGMENT = 1024;

/** Remembers every stretch that was stored; `fail` makes the next one fail. */
function store() {
  const puts: { from: number; bytes: Buffer }[] = [];
  const state = { fail: false, most: 0, now: 0, ready: 0 };
  const putLog = async ({ from, bytes }: { from: bigint; bytes: Uint8Array }, after?: Promise<unknown>) => {
    state.ready += 1;
    await after;
    state.most = Math.max(state.most, ++state.now);
    await Promise.resolve();
    state.now -= 1;
    if (state.fail) throw new Error('no room');
    puts.push({ from: Number(from), bytes: Buffer.from(bytes) });
    return { key: '', component: '', system: '', timeline: 1, from, to: from + BigInt(bytes.length), storedBytes: 0 };
  };
  return { puts, state, repository: { putLog } };
}
const make = (repository: ReturnType<typeof store>['repository'], start = 2048, durable = start) =>
  new LogWriter({
    repository,
    component: 'db',
    system: '1',
    timeline: 1,
    segmentBytes: SEGMENT,
    start: BigInt(start),
    durable: BigInt(durable),
  });
const bytes = (length: number, value: number) => Buffer.alloc(length, value);
const ranges = (puts: readonly { from: number; bytes: Buffer }[]) => puts.map((p) => [p.from, p.from + p.bytes.length]);

describe('LogWriter', () => {
  test('pieces while a segment grows, then the whole of it', async () => {
    const { puts, repository } = store();
    const writer = make(repository);
    writer.append(2048n, bytes(100, 1));
    await writer.flush();
    writer.append(2148n, bytes(50, 2));
    await writer.flush();
    expect(writer.hasWholeSegment).toBe(false);
    writer.append(2198n, bytes(1000, 3));
    expect(writer.hasWholeSegment).toBe(true);
    await writer.flush();
    expect(ranges(puts)).toEqual([
      [2048, 2148],
      [2148, 2198],
      [2048, 3072],
      [3072, 3198],
    ]);
    const whole = puts[2]?.bytes as Buffer;
    expect([whole[0], whole[100], whole[150]]).toEqual([1, 2, 3]);
    expect(writer.flushed).toBe(3198n);
    expect(writer.pendingBytes).toBe(0);
  });

  test('what the repository holds already is not stored on its own again, but is part of the whole segment', async () => {
    const { puts, repository } = store();
    const writer = make(repository, 2048, 2500);
    expect(writer.flushed).toBe(2500n);
    writer.append(2048n, bytes(400, 1));
    await writer.flush();
    expect(puts).toEqual([]);
    writer.append(2448n, bytes(200, 2));
    await writer.flush();
    writer.append(2648n, bytes(424, 3));
    await writer.flush();
    expect(ranges(puts)).toEqual([
      [2500, 2648],
      [2048, 3072],
    ]);
  });

  test('a segment that ends where the stored log ends is let go', async () => {
    const { puts, repository } = store();
    const writer = make(repository, 2048, 3072);
    writer.append(2048n, bytes(1024, 1));
    writer.append(3072n, bytes(10, 2));
    await writer.flush();
    expect(ranges(puts)).toEqual([[3072, 3082]]);
  });

  test('many small pieces are joined', async () => {
    const { puts, repository } = store();
    const writer = make(repository);
    for (let i = 0; i < 70; i++) {
      writer.append(BigInt(2048 + i), bytes(1, i));
      await writer.flush();
    }
    expect(ranges(puts)[64]).toEqual([2048, 2113]);
    expect(ranges(puts)[65]).toEqual([2113, 2114]);
  });

  test('flushes that are asked for together run one after the other', async () => {
    const { puts, state, repository } = store();
    const writer = make(repository);
    writer.append(2048n, bytes(3000, 1));
    const first = writer.flush();
    writer.append(5048n, bytes(10, 2));
    await Promise.all([first, writer.flush()]);
    expect(state.most).toBe(1);
    expect(state.ready).toBeGreaterThan(1);
    expect(writer.flushed).toBe(5058n);
    expect(ranges(puts).at(-1)?.[1]).toBe(5058);
  });

  test('whole segments are made ready beside each other, and when one is not stored the next is not either', async () => {
    const { puts, state, repository } = store();
    const writer = make(repository);
    writer.append(2048n, bytes(3 * SEGMENT, 1));
    state.fail = true;
    await expect(writer.flush()).rejects.toThrow('no room');
    expect([puts, state.ready, writer.flushed]).toEqual([[], 2, 2048n]);
  });

  test('nothing counts as stored that was not', async () => {
    const { state, repository } = store();
    const writer = make(repository);
    writer.append(2048n, bytes(100, 1));
    state.fail = true;
    await expect(writer.flush()).rejects.toThrow('no room');
    expect(writer.flushed).toBe(2048n);
  });

  test('refuses what does not follow, and to begin inside a segment', () => {
    const { repository } = store();
    const writer = make(repository);
    expect(() => writer.append(2049n, bytes(1, 1))).toThrow(expect.objectContaining({ code: 'TARGET_FAILED' }));
    expect(() => make(repository, 2049)).toThrow(RangeError);
  });
});
