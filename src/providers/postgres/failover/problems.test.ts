import { describe, expect, test } from 'vitest';
import { fakeFailover } from './failover.fake.ts';
import { type Expected, problemsOf, requirePromotable } from './problems.ts';

const { replica } = fakeFailover();
const expected: Expected = { component: 'replica', system: '7', timeline: 1, clearSynchronous: false };

test('a replica of the right system that has received enough may be promoted', () => {
  expect(() => requirePromotable(replica, { ...expected, atLeast: replica.received })).not.toThrow();
  expect(() => requirePromotable(replica, { component: 'replica', clearSynchronous: false })).not.toThrow();
});

test.each([
  ['a primary', { inRecovery: false, timeline: 4 }, {}, /it is no replica, it is a primary on timeline 4/],
  ['of another system', { system: '8' }, {}, /a replica of another system \(8, not 7\)/],
  ['on a timeline that was left', {}, { timeline: 2 }, /still on timeline 1, and the primary was on 2/],
  ['behind what is demanded', {}, { atLeast: '0/3000101' }, /up to 0\/3000100, and 0\/3000101 is demanded/],
  ['one whose commits would hang', { synchronousStandbys: 'old' }, {}, /every commit would wait for the standbys old/],
])('refused: %s', (_, server, more, message) => {
  expect(() => requirePromotable({ ...replica, ...server }, { ...expected, ...more })).toThrow(message);
});

test('what would make commits hang may be cleared', () => {
  expect(() =>
    requirePromotable({ ...replica, synchronousStandbys: 'old' }, { ...expected, clearSynchronous: true }),
  ).not.toThrow();
});

describe('what one should know of a replica', () => {
  test('nothing, of one in order', () => expect(problemsOf(replica)).toEqual([]));
  test.each([
    ['never streamed', { hasReceived: false }, /primary_conninfo/],
    ['no slot', { slot: '' }, /primary_slot_name/],
    ['paused', { replayPaused: true }, /pg_wal_replay_resume/],
    ['synchronous standbys', { synchronousStandbys: 'old' }, /synchronous: clear/],
  ])('%s', (_, more, said) => {
    expect(problemsOf({ ...replica, ...more })).toEqual([expect.stringMatching(said)]);
  });
});
