import { describe, expect, test } from 'vitest';
import { KnownError } from '../../../model/errors.ts';
import type { Deletion, DeletionSearch, RemovedFiles } from '../client-api.ts';
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
  incomplete: [],
  since: '2026-01-13T03:00:00.000Z',
  reachesBack: true,
});
const wanted = { component: 'database', atLeast: 1 };
function refusal(searched: DeletionSearch, what: Parameters<typeof chooseDeletion>[1] = wanted): KnownError {
  try {
    chooseDeletion(searched, what);
  } catch (error) {
    if (error instanceof KnownError) return error;
  }
  throw new Error('nothing was refused');
}

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
    expect(() => chooseDeletion(search(), { ...wanted, xid: 5, atLeast: 3 })).toThrow(/transaction 5/);
  });

  test('took whole tables: it is named with its time, its commit and the commands that show the tables as they were', () => {
    const at = { xid: 77, commitLsn: '0/9', committedAt: '2026-01-14T02:00:00.000Z', files: 3 };
    const told = (tables: RemovedFiles['tables']) =>
      refusal({ ...search(), removedFiles: [{ ...at, tables, relations: [] }] })
        .message.split('\n')
        .slice(-1)[0];
    const { code, message, hint } = refusal({
      ...search(),
      removedFiles: [{ ...at, tables: [{ table: 'public.a', before: '0/7' }, { before: '0/8' }], relations: [7, 8] }],
    });
    expect(code).toBe('TARGET_FAILED');
    expect(message).toMatch(/TRUNCATE, DROP/);
    expect(message).toContain('transaction 77, committed at 2026-01-14T02:00:00.000Z (0/9), removed 3 files');
    expect(message).toContain('public.a: lifeboat restore database --to 0/7\n');
    expect(message).toMatch(/does not exist any more: lifeboat restore database --to 0\/8$/);
    expect(hint).toContain('--discard');
    expect(told([])).toContain('--to 0/9');
    const many = Array.from({ length: 7 }, (_, i) => ({ ...at, xid: i, tables: [], relations: [] }));
    expect(refusal({ ...search(), removedFiles: many }).message).toContain('and 2 earlier ones');
  });

  test('was before the oldest base backup: what helps then is told, not to take a backup', () => {
    const { code, hint } = refusal({ ...search(), reachesBack: false });
    expect(code).toBe('TARGET_FAILED');
    expect(hint).toMatch(/No base backup is older.*dump.*lifeboat points.*README\.txt/);
    expect(hint).not.toContain('within');
  });

  test('is one of which the log has only the end: it is not counted short', () => {
    const open = (rows: number) => ({ xid: 9, commitLsn: '0/9', committedAt: '2026-01-14T02:00:00.000Z', rows });
    const some = { ...search(deletion(1, 50)), incomplete: [open(3)] };
    const none = { ...search(deletion(1, 50)), incomplete: [open(0)] };
    const says = { code: 'LOG_GAP', message: expect.stringMatching(/transaction 9.*restore database --to 0\/9/s) };
    expect(refusal(some)).toMatchObject(says);
    expect(chooseDeletion(some, { ...wanted, xid: 1 }).xid).toBe(1);
    expect(refusal(none, { ...wanted, xid: 9 })).toMatchObject(says);
    expect(chooseDeletion(none, wanted).xid).toBe(1);
    expect(refusal({ ...none, deletions: [] })).toMatchObject(says);
  });
});
