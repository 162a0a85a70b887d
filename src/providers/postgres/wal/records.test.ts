import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deleteRow, endTransaction, LogBuilder } from './log-builder.fake.ts';
import { PAGE } from './pages.ts';
import { type LogStretch, readRecords, type WalRecord } from './records.ts';
import { scanTransactions } from './transactions.ts';

async function* source(stretches: readonly LogStretch[]): AsyncGenerator<LogStretch> {
  yield* stretches;
}

async function read(...stretches: LogStretch[]): Promise<{ starts: number[]; ends: number[]; xids: number[] }> {
  const seen = { starts: [] as number[], ends: [] as number[], xids: [] as number[] };
  await readRecords(source(stretches), (record: WalRecord) => {
    seen.starts.push(record.start);
    seen.ends.push(record.end);
    seen.xids.push(record.xid);
    return false;
  });
  return seen;
}

/** Records of many sizes: within a page, across one boundary, across many pages. */
function manyRecords(builder = new LogBuilder()): LogBuilder {
  for (let i = 1; i <= 60; i++) builder.add({ rmgr: 20, xid: i, main: Buffer.alloc((i * 977) % 3000, i) });
  builder.add({ rmgr: 20, xid: 61, main: Buffer.alloc(5 * PAGE, 1) });
  return builder.add({ rmgr: 20, xid: 62 });
}

/** Cuts at these places; pieces of `overlap` bytes more than needed. */
function cut({ start, bytes }: LogStretch, places: readonly number[], overlap: number): LogStretch[] {
  const ends = [...places, bytes.length].sort((a, b) => a - b);
  let from = 0;
  return ends.map((end) => {
    const at = Math.max(0, from - overlap);
    from = end;
    return { start: start + BigInt(at), bytes: bytes.subarray(at, end) };
  });
}

const gap = (why: string) => ({ code: 'LOG_GAP', message: expect.stringContaining(why) });

describe('whole log', () => {
  test('every record, once, with its place', async () => {
    const builder = manyRecords();
    const seen = await read(builder.stretch());
    expect(seen.starts).toEqual(builder.starts);
    expect(seen.xids).toEqual(Array.from({ length: 62 }, (_, i) => i + 1));
    expect(seen.ends.at(-1)).toBe(builder.end);
  });

  test('the same from any cut, with and without overlap', async () => {
    const builder = manyRecords();
    const whole = builder.stretch();
    const places = fc.array(fc.integer({ min: 0, max: whole.bytes.length }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(places, fc.nat(20_000), async (cuts, overlap) => {
        expect((await read(...cut(whole, cuts, overlap))).starts).toEqual(builder.starts);
      }),
      { numRuns: 100 },
    );
  });

  test('from any place on: only whole records, from the next page at the latest', async () => {
    const builder = manyRecords();
    const { start, bytes } = builder.stretch();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length }), async (skip) => {
        const seen = await read({ start: start + BigInt(skip), bytes: bytes.subarray(skip) });
        const page = Math.ceil((Number(start) + skip) / PAGE) * PAGE;
        expect(seen.starts).toEqual(builder.starts.filter((at) => at >= page));
      }),
      { numRuns: 100 },
    );
  });

  test('up to any place: all that is whole by then', async () => {
    const builder = manyRecords();
    const { start, bytes } = builder.stretch();
    const { ends } = await read({ start, bytes });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (length) => {
        const seen = await read({ start, bytes: bytes.subarray(0, length) });
        const end = Number(start) + length;
        // A record may be whole before the padding after it is.
        expect(seen.ends.length).toBeGreaterThanOrEqual(ends.filter((at) => at <= end).length);
        expect(seen.ends.every((at) => at - 7 <= end)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('reading stops when the visitor says so', async () => {
    const seen: number[] = [];
    await readRecords(source([manyRecords().stretch()]), (record) => seen.push(record.xid) === 3);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('after a switch the log goes on in the next segment', async () => {
    const builder = new LogBuilder().add({ rmgr: 20, xid: 1 }).switchSegment();
    builder.add({ rmgr: 20, xid: 2 }).switchSegment().add({ rmgr: 20, xid: 3 });
    expect((await read(builder.stretch())).xids).toEqual([1, 0, 2, 0, 3]);
    expect((await read(...cut(builder.stretch(), [PAGE, (1 << 20) - 5, (1 << 20) + 9000], 100))).xids).toHaveLength(5);
  });

  test('a record that a crash cut short is passed over', async () => {
    const builder = new LogBuilder().add({ rmgr: 20, xid: 1 });
    builder.crashInRecord({ rmgr: 20, xid: 2, main: Buffer.alloc(2 * PAGE) }).add({ rmgr: 0, info: 0xd0, xid: 3 });
    expect((await read(builder.stretch())).xids).toEqual([1, 3]);
  });
});

describe('the end', () => {
  test('an empty rest of the segment is the end', async () => {
    const builder = manyRecords();
    expect((await read(builder.segment())).starts).toEqual(builder.starts);
  });

  test('pages of a recycled segment are the end', async () => {
    const builder = manyRecords();
    const { start, bytes } = builder.segment();
    const old = manyRecords(new LogBuilder({ start: 0 })).segment().bytes;
    const used = Math.ceil((builder.end - builder.start) / PAGE) * PAGE;
    const recycled = { start, bytes: Buffer.concat([bytes.subarray(0, used), old.subarray(used)]) };
    expect((await read(recycled)).starts).toEqual(builder.starts);
  });

  test('nothing at all is nothing', async () => expect((await read()).starts).toEqual([]));
});

describe('damage', () => {
  const builder = manyRecords();
  const { start, bytes } = builder.stretch();
  const changed = (at: number, ...values: number[]) => {
    const copy = Buffer.from(bytes);
    for (const [i, value] of values.entries()) copy[at + i] = value;
    return read({ start, bytes: copy });
  };
  const at = (n: number) => (builder.starts[n] as number) - builder.start;

  test('a piece that is missing, with the place', async () => {
    const pieces = cut(builder.stretch(), [20_000, 30_000], 0).filter((_, i) => i !== 1);
    await expect(read(...pieces)).rejects.toMatchObject(gap('0/104E20'));
  });
  test('a length of zero in the middle', () =>
    expect(changed(at(5), 0, 0, 0, 0)).rejects.toMatchObject(gap('no record')));
  test('a length that is too small', () => expect(changed(at(5), 7, 0, 0, 0)).rejects.toMatchObject(gap('no record')));
  test('a length that is too large', () =>
    expect(changed(at(5), 255, 255, 255, 255)).rejects.toMatchObject(gap('no record')));
  test('a length that is a little off', () =>
    expect(changed(at(5), (bytes[at(5)] as number) ^ 8)).rejects.toMatchObject({ code: 'LOG_GAP' }));
  test('a record that does not name the one before', () =>
    expect(changed(at(5) + 8, 1)).rejects.toMatchObject(gap('does not follow')));
  test('a page without a header', () => expect(changed(3 * PAGE, 1, 2)).rejects.toMatchObject(gap('no page')));
  test('a page of another place', () => expect(changed(3 * PAGE + 9, 0xff)).rejects.toMatchObject(gap('no page')));
  test('a page that continues too much', () =>
    expect(changed(3 * PAGE + 16, 0xff)).rejects.toMatchObject(gap('not continued')));
  test('a page that continues nothing', async () => {
    const one = new LogBuilder().add({ rmgr: 20 }).fillPage(0);
    const page = Buffer.alloc(PAGE);
    one.add({ rmgr: 20 }).stretch().bytes.copy(page, 0, PAGE);
    page[2] = 1;
    const whole = Buffer.concat([one.stretch().bytes.subarray(0, PAGE), page]);
    await expect(read({ start: BigInt(one.start), bytes: whole })).rejects.toMatchObject(gap('does not exist'));
  });
  test('an empty page in the middle, with log after it', async () => {
    const copy = Buffer.from(bytes);
    copy.fill(0, 2 * PAGE, 3 * PAGE);
    await expect(read({ start, bytes: copy })).rejects.toMatchObject(gap('goes on after'));
  });
  test('no log at all', () =>
    expect(read({ start: 0n, bytes: Buffer.alloc(PAGE, 1) })).rejects.toMatchObject(gap('no page')));
  test('log of a version that is not known', () =>
    expect(read(manyRecords(new LogBuilder({ magic: 0xd1f0 })).stretch())).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringContaining('version'),
    }));
  test('a visitor that reads beyond the record means that the record is damaged', async () => {
    const reading = readRecords(source([builder.stretch()]), ({ view }) => view.getUint8(1e9) > 0);
    await expect(reading).rejects.toMatchObject(gap('damaged'));
  });
  test('any byte that is changed in a commit record is found', async () => {
    const one = new LogBuilder().add(deleteRow(7, 1, 1)).add(endTransaction(7, { subxids: [8, 9], dropped: [77] }));
    one.add({ rmgr: 20, main: Buffer.alloc(20_000, 1) });
    const [from, to] = [1, 2].map((n) => (one.starts[n] as number) - one.start) as [number, number];
    const length = one.stretch().bytes.readUInt32LE(from);
    for (let i = from; i < Math.min(to, from + length); i++) {
      // The kind of record, which makes it one of another kind, and two bytes that mean nothing.
      if (i - from >= 17 && i - from <= 19) continue;
      const { start: begin, bytes: good } = one.stretch();
      good[i] = (good[i] as number) ^ 0x10;
      await expect(scanTransactions(source([{ start: begin, bytes: good }]))).rejects.toMatchObject({
        code: 'LOG_GAP',
      });
    }
  });
});
