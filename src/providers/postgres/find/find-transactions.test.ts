import { describe, expect, test } from 'vitest';
import { KnownError } from '../../../model/errors.ts';
import type { LogSearchRequest, LogSearchResult } from '../../../model/log-search.ts';
import { formatLsn } from '../../../model/lsn.ts';
import type { BackupManifest, LogRef } from '../../../model/repository.ts';
import {
  type BuiltRecord,
  deleteRow,
  endTransaction,
  fileMade,
  insertRow,
  LogBuilder,
  lockNote,
  runningNote,
} from '../wal/log-builder.fake.ts';
import type { World } from '../world.ts';
import { findTransactions } from './find-transactions.ts';
import { RELATION_MAP_PART, type RelationMap } from './relation-map.ts';

interface Stored {
  readonly timeline?: number;
  readonly from?: number;
  readonly to?: number;
  readonly log: LogBuilder;
}

const MAP: RelationMap = {
  format: 1,
  database: 5,
  databases: [[9, 'reports']],
  schemas: [[2200, 'public']],
  relations: [{ oid: 16_384, file: 16_384, schema: 2200, name: 'companies', kind: 'r', rows: 100 }],
};

/** A repository with these stretches of log, no server, and a backup that reaches everything unless told otherwise. */
function worldWith(stored: readonly Stored[], more: { map?: RelationMap; history?: string; reached?: boolean } = {}) {
  const bytes = new Map<LogRef, Buffer>();
  for (const { timeline = 1, log, from = log.start, to = log.end } of stored) {
    const at = `2026-01-14T03:0${bytes.size}:00.000Z`;
    const line = { component: 'database', system: '73', timeline, storedBytes: 1, storedAt: at };
    const ref = { key: `${timeline}/${from}`, ...line, from: BigInt(from), to: BigInt(to) };
    bytes.set(ref, log.stretch().bytes.subarray(from - log.start, to - log.start));
  }
  const manifest = {
    id: 'base-1',
    method: 'postgres.base_backup',
    finishedAt: '2026-01-01T00:00:00Z',
    facts: { system: '73', startLsn: '0/0', segmentBytes: 1 << 20 },
    parts: more.map ? [{ name: RELATION_MAP_PART, plainBytes: 0, objects: [] }] : [],
  } as unknown as BackupManifest;
  const world = {
    plan: { components: { database: { kind: 'postgres', connection: 'postgres://nobody@127.0.0.1:1/shop' } } },
    secret: (text: unknown) => String(text),
    repository: {
      backups: async () => [manifest],
      logs: async () => [...bytes.keys()],
      readLog: async (ref: LogRef) => bytes.get(ref),
      timelineHistories: async () => new Map(more.history === undefined ? [] : [[2, more.history]]),
      async *read() {
        yield Buffer.from(JSON.stringify(more.map));
      },
    },
    catalog: {
      points: async () => [{ log: { system: '73' } }],
      choosePoint: () => {
        if (more.reached === false) throw new KnownError('POINT_NOT_FOUND', 'no recovery point reaches it', '');
      },
    },
  };
  return world as unknown as World;
}

const find = (world: World, over: Partial<LogSearchRequest> = {}): Promise<LogSearchResult> =>
  findTransactions(world, {
    component: 'database',
    kinds: [],
    minRows: 1,
    signal: new AbortController().signal,
    log: () => undefined,
    ...over,
  });

function log(...records: BuiltRecord[]): LogBuilder {
  const builder = new LogBuilder();
  for (const record of records) builder.add(record);
  return builder;
}

const deletes = (xid: number, rows: number): BuiltRecord[] => [
  ...Array.from({ length: rows }, (_, i) => deleteRow(xid, 1, i + 1)),
  endTransaction(xid),
];

test('without any log, there is nothing to say: that is an error and not an empty answer', async () => {
  await expect(find(worldWith([]))).rejects.toMatchObject({ code: 'LOG_GAP' });
});

describe('names', () => {
  test('a file that nothing names is told by its number, and so is that nothing names it', async () => {
    const { found, names_from } = await find(worldWith([{ log: log(runningNote(7), ...deletes(7, 3)) }]));
    expect(found).toMatchObject([{ xid: 7, tables: [{ table: 'file 16384', named: false, deleted: 3 }] }]);
    expect(names_from).toEqual([]);
  });

  test('the backup names it, and how many rows it had', async () => {
    const { found, names_from } = await find(
      worldWith([{ log: log(runningNote(7), ...deletes(7, 30)) }], { map: MAP }),
    );
    expect(found).toMatchObject([{ suspicious: true, tables: [{ table: 'public.companies', rows: 100 }] }]);
    expect(names_from).toEqual(['the backup base-1']);
  });

  test('a truncated table is known by its new file afterwards', async () => {
    const newFile = (xid: number, block: number) => deleteRow(xid, block, 1, 16_999);
    const truncated = [fileMade(7, 16_999), lockNote(7, [16_384]), endTransaction(7, { dropped: [16_384] })];
    const builder = log(runningNote(7), ...truncated, newFile(8, 1), endTransaction(8));
    const { found } = await find(worldWith([{ log: builder }], { map: MAP }));
    expect(found).toMatchObject([
      { xid: 7, suspicious: true, tables: [{ table: 'public.companies', gone: 'truncated', rows: 100 }] },
      { xid: 8, suspicious: false, tables: [{ table: 'public.companies', deleted: 1, rows: 0 }] },
    ]);
    // Whoever stops between lock and commit finds the table locked.
    expect(found[0]?.just_before).toBe(formatLsn(BigInt(builder.starts[2] as number)));
  });

  test('a name that nothing knows is a mistake', async () => {
    const world = worldWith([{ log: log(runningNote(7), ...deletes(7, 3)) }], { map: MAP });
    await expect(find(world, { table: 'compnies' })).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'Did you mean "companies"?',
    });
    expect((await find(world, { table: 'companies' })).found).toHaveLength(1);
  });
});

test('a dropped database is returned to from before it was marked', async () => {
  const list = Buffer.alloc(20);
  for (const [i, value] of [0x00_00_00_00, 1664, 0, 1262].entries()) list.writeUInt32LE(value, 4 * i);
  const marked = { rmgr: 10, info: 0x70, xid: 7, references: list, main: Buffer.alloc(8) };
  const removed = Buffer.alloc(12);
  removed.writeUInt32LE(9, 0);
  const dropped = { rmgr: 4, info: 0x20, xid: 7, main: removed };
  const builder = log(runningNote(7), insertRow(6, 1, 1), marked, dropped, endTransaction(7));
  const { found } = await find(worldWith([{ log: builder }], { map: MAP }), { kinds: ['dropped'] });
  expect(found).toMatchObject([{ xid: 7, suspicious: true, dropped_databases: ['reports'] }]);
  expect(found[0]?.just_before).toBe(formatLsn(BigInt(builder.starts[2] as number)));
});

describe('a hole in the log', () => {
  const filler = (): BuiltRecord => ({ rmgr: 20, main: Buffer.alloc(9000) });
  const builder = log(runningNote(7), ...deletes(7, 1), filler(), filler(), filler(), filler(), ...deletes(9, 2));
  const [hole, after] = [builder.start + 8192, builder.start + 16_384];

  test('is told, what is on both sides is read, and what may have begun in it is marked', async () => {
    const world = worldWith([
      { log: builder, to: hole },
      { log: builder, from: after },
    ]);
    const { found, gaps, read } = await find(world);
    expect(found.map(({ xid, complete }) => [xid, complete])).toEqual([
      [9, false],
      [7, true],
    ]);
    expect(gaps).toEqual([
      {
        system: '73',
        timeline: 1,
        from: formatLsn(BigInt(hole)),
        to: formatLsn(BigInt(after)),
        bytes: 8192,
        stored_before: '2026-01-14T03:00:00.000Z',
        stored_after: '2026-01-14T03:01:00.000Z',
      },
    ]);
    expect(read).toHaveLength(2);
  });
});

describe('after a failover', () => {
  const shared = [runningNote(7), ...deletes(7, 1)];
  const old = log(...shared, ...deletes(8, 5));
  const next = log(...shared, ...deletes(8, 2));
  const branch = formatLsn(BigInt(log(...shared).end));
  const world = worldWith([{ log: old }, { log: next, timeline: 2 }], {
    history: `1\t${branch}\tno recovery target\n`,
  });

  test('each transaction is told once, and what was left behind is told apart', async () => {
    const { found, transactions } = await find(world);
    expect(transactions).toBe(3);
    const told = found.map(({ xid, timeline, tables, unreachable }) => [
      xid,
      timeline,
      tables[0]?.deleted,
      unreachable,
    ]);
    expect(told.sort()).toEqual([
      [7, 2, 1, undefined],
      [8, 1, 5, "it stands on timeline 1, which was left: today's database never had it"],
      [8, 2, 2, undefined],
    ]);
  });
});

test('what no backup reaches has no command, and says why', async () => {
  const world = worldWith([{ log: log(runningNote(7), ...deletes(7, 1)) }], { reached: false });
  const { found } = await find(world);
  expect(found[0]?.unreachable).toBe('no recovery point reaches it');
  expect(found[0]?.command).toBeUndefined();
});

test('of many transactions the worst are told and the others counted', async () => {
  const many = Array.from({ length: 700 }, (_, i) => deletes(10 + i, i === 77 ? 40 : 1)).flat();
  const { found, more } = await find(worldWith([{ log: log(runningNote(7), ...many) }], { map: MAP }));
  expect(found[0]).toMatchObject({ xid: 87, suspicious: true });
  expect([found.length, more]).toEqual([20, 680]);
});
