import { describe, expect, test } from 'vitest';
import { judgeLedger, parseLedger } from './ledger.ts';

const line = (id: number | string, second: number, table: string | undefined = 'orders') =>
  JSON.stringify({ table, id, at: new Date(second * 1000).toISOString() });

describe('a ledger', () => {
  test('is read line by line; ids are texts', () => {
    const text = `${line(1, 1)}\n\n${line('b', 2)}\n`;
    expect(parseLedger(text, 'l', [])).toEqual([
      { table: 'orders', id: '1', at: 1000 },
      { table: 'orders', id: 'b', at: 2000 },
    ]);
  });

  test('may end in a line that is being written, whole or cut', () => {
    expect(parseLedger(`${line(1, 1)}\n{"table":"or`, 'l', [])).toHaveLength(1);
    expect(parseLedger(`${line(1, 1)}\n${line(2, 2)}`, 'l', [])).toHaveLength(2);
  });

  test('needs no table where the component has one only', () => {
    expect(parseLedger('{"id":1,"at":"2026-01-14T03:00:00Z"}\n', 'l', ['orders'])).toHaveLength(1);
    expect(() => parseLedger('{"id":1,"at":"2026-01-14T03:00:00Z"}\n', 'l', [])).toThrow(/line 1/);
  });

  test.each([
    ['empty', ''],
    ['only a cut line', '{"table":'],
  ])('that is %s proves nothing', (_, text) => {
    expect(() => parseLedger(text, 'ledger.ndjson', [])).toThrow(/ledger\.ndjson is empty/);
  });

  test.each(['nonsense', '{"table":"orders","id":1}', '{"table":"orders","id":1,"at":"soon"}', '[]'])(
    'with the wrong line %s is not counted',
    (wrong) => {
      expect(() => parseLedger(`${line(1, 1)}\n${wrong}\n${line(2, 2)}\n`, 'l', [])).toThrow(
        expect.objectContaining({ code: 'TARGET_FAILED', message: expect.stringContaining('line 2') }),
      );
    },
  );
});

describe('what was lost', () => {
  const entries = [1, 2, 3, 4, 5].map((second) => ({ table: 'orders', id: String(second), at: second * 1000 }));
  const lostAre = (...ids: number[]) => judgeLedger(entries, ({ id }) => !ids.includes(Number(id)));

  test('nothing', () => {
    expect(lostAre()).toMatchObject({ acknowledged: 5, found: 5, lost: 0, lossSeconds: 0, lostIds: [] });
  });

  test('the end: from the last commit that is there to the last one that is not', () => {
    expect(lostAre(4, 5)).toEqual({
      acknowledged: 5,
      found: 3,
      lost: 2,
      lostIds: ['orders/4', 'orders/5'],
      lastFoundAt: '1970-01-01T00:00:03.000Z',
      lossSeconds: 2,
    });
  });

  test('one in the middle, and all', () => {
    expect(lostAre(3)).toMatchObject({ lost: 1, lossSeconds: 1, lastFoundAt: '1970-01-01T00:00:05.000Z' });
    expect(lostAre(1, 2, 3, 4, 5)).toMatchObject({ found: 0, lossSeconds: 4, lastFoundAt: null });
  });
});
