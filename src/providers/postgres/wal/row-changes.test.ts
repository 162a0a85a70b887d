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
  const positions = changes.gone(new Set([7, 9])).get(table);
  expect(positions).toHaveLength(5001);
  expect(positions?.at(-1)).toBe(5000 * 65_536 + 1);
  expect(changes.gone(new Set([8])).size).toBe(0);
});
