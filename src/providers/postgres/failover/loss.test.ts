import { describe, expect, test } from 'vitest';
import { isWithin, laterOf, lossInWords, lossOf, mostAdvanced, type ReplicaPosition } from './loss.ts';

const replica = (name: string, received: string, more: Partial<ReplicaPosition> = {}): ReplicaPosition => ({
  name,
  system: '7',
  timeline: 1,
  received,
  replayed: received,
  lastCommitAt: '2026-01-14T02:00:00.000Z',
  ...more,
});
const until = new Date('2026-01-14T02:00:09.000Z');

describe('the replica that has received most', () => {
  test('is chosen by position, not by its text', () => {
    const all = [replica('a', '0/9000000'), replica('b', '0/10000000'), replica('c', '0/FFFFFFF')];
    expect(mostAdvanced(all)?.name).toBe('b');
    expect(mostAdvanced([replica('a', 'F/0'), replica('b', '10/0')])?.name).toBe('b');
  });

  test('is the one on the newer timeline, however far another one came on the old one', () => {
    expect(mostAdvanced([replica('a', '9/0'), replica('b', '1/0', { timeline: 2 })])?.name).toBe('b');
  });

  test('is the first of equal ones, and none of none', () => {
    expect(mostAdvanced([replica('a', '1/0'), replica('b', '1/0')])?.name).toBe('a');
    expect(mostAdvanced([])).toBeUndefined();
  });
});

describe('what is lost', () => {
  const best = replica('a', '0/3000100');

  test('nothing, when the primary says that the replica has all', () => {
    const end = { from: 'primary', position: '0/3000100', timeline: 1 } as const;
    expect(lossOf({ replica: best, end, until })).toEqual({ known_from: 'primary', commits: 0, bytes: 0, seconds: 0 });
  });

  test('as counted, when the primary is ahead', () => {
    const end = { from: 'primary', position: '0/3000200', timeline: 1 } as const;
    const loss = lossOf({ replica: best, end, counted: { commits: 3, seconds: 0.4 }, until });
    expect(loss).toEqual({ known_from: 'primary', bytes: 256, commits: 3, seconds: 0.4 });
    expect(lossInWords(loss)).toBe('3 commits, 256 bytes of log, 0.4s (the primary was asked)');
  });

  test('not known, when the primary is ahead and its log cannot be read', () => {
    const loss = lossOf({ replica: best, end: { from: 'primary', position: '0/3000200', timeline: 1 }, until });
    expect(loss.seconds).toBeUndefined();
    expect(isWithin(loss, 3_600_000)).toBe(false);
  });

  test('at least what our copy of the log has more', () => {
    const end = { from: 'repository', position: '0/3000200', timeline: 1 } as const;
    const loss = lossOf({ replica: best, end, counted: { commits: 1, seconds: 2 }, until });
    expect(loss).toEqual({ known_from: 'repository', bytes: 256, commits: 1, seconds: 2 });
  });

  test.each([
    ['nobody knows its end', undefined],
    ['our copy of the log has less', { from: 'repository', position: '0/3000000', timeline: 1 }],
    ['our copy of the log is of another timeline', { from: 'repository', position: '9/0', timeline: 3 }],
  ] as const)('at most the time since its last commit, when %s', (_, end) => {
    expect(lossOf({ replica: best, end, until })).toEqual({ known_from: 'clock', seconds: 9 });
  });

  test('not known at all, of a replica that has replayed no commit', () => {
    const loss = lossOf({ replica: { ...best, lastCommitAt: null }, until });
    expect([loss, isWithin(loss, 1e9)]).toEqual([{ known_from: 'clock' }, false]);
    expect(lossInWords(loss)).toMatch(/^not known \(at most/);
  });

  test('no less than nothing, when clocks differ', () => {
    const ahead = { ...best, lastCommitAt: '2026-01-14T02:00:30.000Z' };
    expect(lossOf({ replica: ahead, until }).seconds).toBe(0);
  });

  test('is within a limit up to the limit itself', () => {
    const loss = { known_from: 'clock', seconds: 9 } as const;
    expect([isWithin(loss, 9000), isWithin(loss, 8999)]).toEqual([true, false]);
  });
});

test('the later of two positions', () => {
  expect([laterOf('0/9', '0/10'), laterOf('1/0', '0/FF')]).toEqual(['0/10', '1/0']);
});
