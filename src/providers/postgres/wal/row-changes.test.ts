import { expect, test } from 'vitest';
import { RowChanges } from './row-changes.ts';

const table = { tablespace: 1, database: 2, filenode: 3 };

test('keeps its order and its memory small when it forgets', () => {
  const changes = new RowChanges();
  for (let i = 0; i < 5000; i++) {
    changes.by(7, table).deleted(i, 1);
    changes.by(8, table).deleted(i, 2);
  }
  changes.forget(new Set([8]));
  expect(changes.length).toBe(5000);
  changes.by(9, table).deleted(5000, 1);
  const positions = changes.net(new Set([7, 9])).get(table)?.gone;
  expect(positions).toHaveLength(5001);
  expect(positions?.at(-1)).toBe(5000 * 65_536 + 1);
  expect(changes.net(new Set([8])).size).toBe(0);
});

test('tells what became of rows that were there before, over every version in between', () => {
  const changes = new RowChanges();
  const mine = (xid = 7) => changes.by(xid, table);
  mine().inserted(0, 1);
  mine().updated(0, 1, 0, 2); // of a row of its own
  mine().updated(1, 1, 1, 2);
  mine(8).updated(1, 2, 1, 3); // in a subtransaction
  mine().updated(2, 1, 2, 2);
  mine().deleted(2, 2);
  mine().deleted(3, 1, true);
  mine(9).updated(4, 1, 4, 2); // somebody else
  expect(changes.net(new Set([7, 8])).get(table)).toEqual({
    gone: [2 * 65_536 + 1],
    moved: [3 * 65_536 + 1],
    updated: [{ old: 65_536 + 1, now: 65_536 + 3 }],
  });
});
