import { describe, expect, test } from 'vitest';
import { deletedTuples } from './deleted-tuples.ts';
import {
  type BuiltRecord,
  blockReference,
  deleteRow,
  endTransaction,
  fileMade,
  insertRow,
  LogBuilder,
  lockNote,
  multiInsert,
  runningNote,
  updateRow,
} from './log-builder.fake.ts';
import { type LogSource, scanTransactions } from './transactions.ts';

function log(...records: BuiltRecord[]): LogBuilder {
  const builder = new LogBuilder();
  for (const record of records) builder.add(record);
  return builder;
}
async function* source(builder: LogBuilder): LogSource & AsyncGenerator {
  yield builder.stretch();
}
const scan = (builder: LogBuilder, options = {}) => scanTransactions(source(builder), options);
const gone = async (xid: number, ...records: BuiltRecord[]) => {
  const found = await deletedTuples(source(log(runningNote(1), ...records)), xid);
  return Object.fromEntries([...found].map(([filenode, at]) => [filenode, at.map((p) => [p.block, p.offset])]));
};

describe('scanning', () => {
  test('counts by relation, subtransactions folded in', async () => {
    const builder = log(
      runningNote(7),
      deleteRow(7, 1, 1),
      deleteRow(8, 1, 2),
      deleteRow(9, 1, 3, 20_000),
      insertRow(7, 4, 1),
      multiInsert(8, 5, 12),
      multiInsert(8, 5, 2, [20, 21]),
      updateRow(9, [1, 4], [6, 1]),
      endTransaction(7, { subxids: [8, 9], at: new Date('2026-03-04T05:06:07.089Z') }),
    );
    expect(await scan(builder)).toEqual([
      {
        xid: 7,
        commitLsn: BigInt(builder.starts.at(-1) as number),
        commitEnd: BigInt(builder.end),
        committedAt: new Date('2026-03-04T05:06:07.089Z'),
        database: 5,
        relations: [
          { tablespace: 1663, database: 5, filenode: 16_384, deleted: 2, updated: 1, inserted: 15 },
          { tablespace: 1663, database: 5, filenode: 20_000, deleted: 1, updated: 0, inserted: 0 },
        ],
        droppedFilenodes: [],
        createdFilenodes: [],
        locks: [],
        complete: true,
      },
    ]);
  });

  test('what was rolled back does not count, in part or as a whole', async () => {
    const builder = log(
      deleteRow(7, 1, 1),
      deleteRow(8, 1, 2),
      endTransaction(8, { abort: true }),
      deleteRow(9, 1, 3),
      endTransaction(7),
      endTransaction(9, { abort: true }),
      deleteRow(10, 1, 4),
    );
    const found = await scan(builder);
    expect(found.map((t) => [t.xid, t.relations[0]?.deleted, t.complete])).toEqual([[7, 1, false]]);
  });

  test.each([
    ['15', 0xd110, 12],
    ['16', 0xd113, 12],
    ['17', 0xd116, 12],
    ['18', 0xd118, 16],
  ])('all parts of a commit of PostgreSQL %s are read past', async (_major, magic, itemBytes) => {
    const builder = new LogBuilder({ magic });
    const parts = { subxids: [21], dropped: [501, 502], statistics: { count: 3, itemBytes }, invalidations: 2 };
    builder
      .add(deleteRow(20, 1, 1))
      .add(deleteRow(21, 1, 2))
      .add(endTransaction(0, { ...parts, preparedXid: 20 }));
    builder.add(deleteRow(30, 1, 1)).add(endTransaction(0, { abort: true, preparedXid: 30 }));
    const found = await scan(builder);
    expect(found).toMatchObject([{ xid: 20, droppedFilenodes: [501, 502], relations: [{ deleted: 2 }] }]);
    expect(found).toHaveLength(1);
  });

  test('only what destroys, and only from a moment on', async () => {
    const day = (n: number) => new Date(Date.UTC(2026, 0, n));
    const builder = log(
      runningNote(7),
      deleteRow(7, 1, 1),
      endTransaction(7, { at: day(1) }),
      insertRow(8, 1, 2),
      endTransaction(8, { at: day(2) }),
      endTransaction(9, { at: day(3), dropped: [1] }),
      deleteRow(10, 1, 2),
      endTransaction(10, { at: day(4) }),
    );
    const xids = async (options: object) => (await scan(builder, options)).map((t) => t.xid);
    expect(await xids({ onlyDestructive: true })).toEqual([7, 9, 10]);
    expect(await xids({ from: day(2) })).toEqual([8, 9, 10]);
    expect(await xids({ from: day(4), onlyDestructive: true })).toEqual([10]);
  });

  test('what may have destroyed before the log begins is not passed over', async () => {
    const builder = log(runningNote(8), endTransaction(7), insertRow(8, 1, 1), endTransaction(8));
    const found = await scan(builder, { onlyDestructive: true });
    expect(found.map((t) => [t.xid, t.complete])).toEqual([[7, false]]);
  });

  test('files made and tables locked, each where it was first, subtransactions folded in', async () => {
    const builder = log(
      runningNote(7),
      lockNote(9, [70, 70]),
      lockNote(7, [50]),
      fileMade(7, 900),
      fileMade(7, 900, 1),
      lockNote(8, [60]),
      lockNote(7, [50, 55], 0),
      fileMade(8, 901),
      endTransaction(9, { abort: true }),
      endTransaction(7, { subxids: [8], dropped: [800, 801] }),
      endTransaction(10),
    );
    const at = (record: number) => BigInt(builder.starts[record] as number);
    expect(await scan(builder)).toMatchObject([
      {
        xid: 7,
        createdFilenodes: [900, 901],
        locks: [
          { database: 5, relation: 50, at: at(2) },
          { database: 5, relation: 60, at: at(5) },
          { database: 5, relation: 55, at: at(6) },
        ],
      },
      { xid: 10, createdFilenodes: [], locks: [] },
    ]);
  });

  test('images of pages, whole and compressed, are passed over', async () => {
    const withImage = (bytes: number, info: number): BuiltRecord => ({
      ...deleteRow(7, 0, 3),
      references: Buffer.concat([
        blockReference(0, 9, { image: { bytes, info }, data: 4 }),
        blockReference(1, 10, { same: true }),
      ]),
      data: Buffer.alloc(bytes + 4, 255),
    });
    expect(await gone(7, withImage(8000, 0x01), withImage(300, 0x0b), endTransaction(7))).toEqual({
      16384: [
        [9, 3],
        [9, 3],
      ],
    });
  });

  test('origin and top-level number before the main data are passed over', async () => {
    const record = deleteRow(7, 3, 4);
    const references = Buffer.concat([record.references as Buffer, Buffer.from([253, 1, 0, 252, 7, 0, 0, 0])]);
    expect(await gone(7, { ...record, references }, endTransaction(7))).toEqual({ 16384: [[3, 4]] });
  });

  test('a part that does not exist is damage', async () => {
    const record = { ...deleteRow(7, 3, 4), references: Buffer.from([99]) };
    await expect(scan(log(record))).rejects.toMatchObject({ code: 'LOG_GAP' });
  });
});

describe('deleted rows', () => {
  test('of the transaction and its subtransactions, in the order of their place', async () =>
    expect(
      await gone(7, deleteRow(7, 2, 1), deleteRow(8, 1, 9), deleteRow(7, 1, 10), endTransaction(7, { subxids: [8] })),
    ).toEqual({
      16384: [
        [1, 9],
        [1, 10],
        [2, 1],
      ],
    }));

  test('a row that was updated first, also twice, is meant by its first place', async () =>
    expect(
      await gone(
        7,
        updateRow(7, [1, 1], [1, 50], true),
        updateRow(8, [1, 50], [9, 1]),
        deleteRow(7, 9, 1),
        updateRow(7, [1, 2], [9, 2]),
        endTransaction(7, { subxids: [8] }),
      ),
    ).toEqual({ 16384: [[1, 1]] }));

  test('a row that it inserted itself was never there', async () =>
    expect(
      await gone(
        7,
        insertRow(7, 4, 1),
        deleteRow(7, 4, 1),
        multiInsert(7, 5, 3),
        updateRow(7, [5, 2], [6, 1]),
        deleteRow(7, 6, 1),
        deleteRow(7, 5, 3),
        multiInsert(7, 6, 1, [40]),
        deleteRow(7, 6, 40),
        endTransaction(7),
      ),
    ).toEqual({}));

  test('what a subtransaction did that was rolled back never happened', async () =>
    expect(
      await gone(
        7,
        updateRow(8, [1, 1], [1, 30]),
        deleteRow(8, 1, 2),
        endTransaction(8, { abort: true }),
        deleteRow(7, 1, 1),
        endTransaction(7),
      ),
    ).toEqual({ 16384: [[1, 1]] }));

  test('a place that is used again counts each time', async () =>
    expect(
      await gone(
        7,
        deleteRow(7, 1, 1),
        insertRow(9, 3, 3),
        endTransaction(9),
        insertRow(7, 1, 1),
        deleteRow(7, 1, 1),
        deleteRow(7, 3, 3),
        endTransaction(7),
      ),
    ).toEqual({
      16384: [
        [1, 1],
        [3, 3],
      ],
    }));

  test('numbers go around after 4 billion', async () => {
    const last = 4_294_967_295;
    const found = await deletedTuples(
      source(
        log(runningNote(last - 1), deleteRow(last, 1, 1), deleteRow(3, 1, 2), endTransaction(last, { subxids: [3] })),
      ),
      last,
    );
    expect(found.get(16_384)).toHaveLength(2);
  });

  test('refuses what it cannot know', async () => {
    const unknown = (...records: BuiltRecord[]) => deletedTuples(source(log(...records)), 7);
    await expect(unknown(runningNote(7), deleteRow(7, 1, 1))).rejects.toMatchObject({ code: 'LOG_GAP' });
    await expect(unknown(deleteRow(7, 1, 1), endTransaction(7))).rejects.toMatchObject({ code: 'LOG_GAP' });
    await expect(unknown(runningNote(8), deleteRow(7, 1, 1), endTransaction(7))).rejects.toMatchObject({
      code: 'LOG_GAP',
      hint: expect.stringContaining('older base backup'),
    });
    await expect(unknown(runningNote(1), endTransaction(7, { abort: true }))).rejects.toMatchObject({
      code: 'TARGET_FAILED',
    });
  });

  test('two tables with one file number are not told apart by guessing', async () => {
    const other = deleteRow(7, 1, 2);
    (other.references as Buffer).writeUInt32LE(1700, 4);
    await expect(gone(7, deleteRow(7, 1, 1), other, endTransaction(7))).rejects.toMatchObject({
      code: 'TARGET_AMBIGUOUS',
    });
  });
});
