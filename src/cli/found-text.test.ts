import { expect, test } from 'vitest';
import type { FoundTransaction, LogSearchResult, TableChange } from '../model/log-search.ts';
import { foundText } from './found-text.ts';
import { plainPaint } from './screen.ts';

const change: TableChange = {
  table: 'public.companies',
  named: true,
  deleted: 400,
  updated: 0,
  inserted: 0,
  rows: 500,
};
const found: FoundTransaction = {
  xid: 8841,
  committed_at: '2026-01-14T03:05:00.000Z',
  commit_lsn: '0/3000028',
  timeline: 1,
  tables: [change],
  dropped_databases: [],
  suspicious: true,
  complete: true,
  just_before: '0/3000028',
  command: 'lifeboat restore database --to 0/3000028',
};
const result: LogSearchResult = {
  component: 'database',
  found: [found],
  more: 0,
  read: [],
  gaps: [],
  transactions: 12,
  bytes: 34_000_000,
  within: { transactions: 4, inserted: 1, updated: 2, deleted: 3 },
  first_commit: '2026-01-14T03:00:00.000Z',
  last_commit: '2026-01-14T03:06:00.000Z',
  names_from: ['the backup base-1'],
};

test('says what, when, how much, and the next command', () => {
  expect(foundText(result, plainPaint)).toBe(
    [
      '✘ xid 8841  committed 2026-01-14T03:05:00.000Z  at 0/3000028 on timeline 1',
      '    public.companies: 400 rows deleted (about 80 % of the table)',
      '    Just before it: lifeboat restore database --to 0/3000028',
      '',
      'Read: 12 committed transactions, 34 MB of log, from 2026-01-14T03:00:00.000Z to 2026-01-14T03:06:00.000Z.',
    ].join('\n'),
  );
});

test('says what is not known: names, log, the beginning, a way back', () => {
  const { command: _, ...lost } = found;
  const odd = { ...lost, complete: false, unreachable: 'no recovery point reaches it' };
  const gone: TableChange = { ...change, table: 'file 16384', named: false, deleted: 0, gone: 'removed' };
  const gap = {
    system: '1',
    timeline: 1,
    from: '0/1',
    to: '0/2',
    bytes: 16_000_000,
    stored_before: 'A',
    stored_after: 'B',
  };
  const text = foundText(
    { ...result, found: [{ ...odd, tables: [gone] }], more: 3, gaps: [gap], names_from: [] },
    plainPaint,
  );
  for (const line of [
    'file 16384: emptied by TRUNCATE or removed by DROP, it had about 500 rows',
    'The log has only its end: it may have done more.',
    'Cannot be returned to: no recovery point reaches it',
    'And 3 smaller ones.',
    'NOT READ: 16 MB of log are missing, from 0/1 to 0/2 of timeline 1, written about between A and B.',
    'Nothing names the tables',
  ])
    expect(text).toContain(line);
});

test('nothing found is said, with what was read', () => {
  const text = foundText({ ...result, found: [] }, plainPaint);
  expect(text).toContain('Nothing of that kind in the log of database.');
  expect(text).toContain('Read: 12 committed transactions');
});
