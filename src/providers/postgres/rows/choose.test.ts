import { describe, expect, test } from 'vitest';
import type { Deletion, DeletionSearch } from '../client-api.ts';
import { chooseDeletion } from './choose.ts';

const deletion = (xid: number, rows: number): Deletion => ({
  xid,
  commitLsn: '0/1',
  committedAt: '2026-01-14T02:00:00.000Z',
  rows,
  tables: [{ table: 'public.companies', rows }],
  updatedRows: 0,
});
const search = (...deletions: Deletion[]): DeletionSearch => ({
  deletions,
  removedFiles: [],
  since: '2026-01-13T03:00:00.000Z',
});
const wanted = { component: 'database', atLeast: 1 };

describe('the transaction that deleted', () => {
  test('is the only one, or the one that deleted far more than any other', () => {
    expect(chooseDeletion(search(deletion(1, 5)), wanted).xid).toBe(1);
    expect(chooseDeletion(search(deletion(1, 9), deletion(2, 100)), wanted).xid).toBe(2);
  });

  test('is not guessed when another one deleted a tenth as much; both are named with their numbers', () => {
    const both = search(deletion(1, 10), deletion(2, 100), deletion(3, 1));
    expect(() => chooseDeletion(both, wanted)).toThrow(
      expect.objectContaining({ code: 'TARGET_AMBIGUOUS', message: expect.stringMatching(/^2 .*xid 1 .*xid 2 /s) }),
    );
    expect(chooseDeletion(both, { ...wanted, atLeast: 11 }).xid).toBe(2);
    expect(chooseDeletion(search(deletion(1, 10)), { ...wanted, xid: 1 }).xid).toBe(1);
  });

  test('is missing: the message says since when, and tells of tables that went as a whole', () => {
    expect(() => chooseDeletion(search(), wanted)).toThrow(/since 2026-01-13/);
    const truncated = { ...search(), removedFiles: [{ xid: 77, committedAt: '2026-01-14T02:00:00.000Z', files: 3 }] };
    expect(() => chooseDeletion(truncated, wanted)).toThrow(/TRUNCATE.*77/);
    expect(() => chooseDeletion(search(), { ...wanted, xid: 5, atLeast: 3 })).toThrow(/transaction 5/);
  });
});
