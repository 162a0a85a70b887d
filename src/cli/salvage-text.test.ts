import { expect, test } from 'vitest';
import type { SalvageResult } from '../usecases/salvage.ts';
import { salvageText } from './salvage-text.ts';
import { plainPaint } from './screen.ts';

const counts = { inserted: 36, already_there: 2, restored: 3, unchanged: 1, conflicting: 0 };
const result: SalvageResult = {
  component: 'database',
  environment: 'production',
  xid: 8841,
  committed_at: '2026-01-14T02:00:00.000Z',
  dry_run: true,
  salvages: ['salvage-1'],
  ...counts,
  tables: [{ table: 'public.orders', ...counts }],
  conflicts: [],
  notes: [],
};

test('a dry run says what would be put back, and the command that does it', () => {
  const text = salvageText(result, plainPaint);
  expect(text).toContain('36 lost and 3 changed rows of database would be put back');
  expect(text).toMatch(/TO PUT BACK.*\n.*public\.orders +36 +3 +3 +0/);
  expect(text).toMatch(/To put them back: lifeboat salvage database --xid 8841$/);
});

test('every kind of conflict is said in words, the first ten, and where all of them are', () => {
  const kinds = ['taken', 'no parent', 'changed since', 'deleted since', 'key changed', 'moved'];
  const conflicts = [...kinds, ...kinds].map((kind) => ({ table: 'public.orders', kind, row: 'id=7', other: 'id=9' }));
  const text = salvageText(
    { ...result, dry_run: false, conflicting: 12, conflicts, conflicts_file: '/state/c.json' },
    plainPaint,
  );
  expect(text).toContain('! 36 lost and 3 changed rows of database are back');
  expect(text).toContain('a unique rule: its value is taken by id=9');
  expect(text).toContain('what it refers to is gone (id=9)');
  expect(text).toContain('somebody has changed it since');
  expect(text).toContain('somebody has deleted it since');
  expect(text).toContain('move it by hand');
  expect(text).toContain('  and 2 more\nAll of them: /state/c.json');
});

test('nothing to do is said as such', () => {
  const nothing = { ...result, dry_run: false, inserted: 0, restored: 0 };
  expect(salvageText(nothing, plainPaint)).toContain('✔ There was nothing to put back, of transaction 8841');
});
