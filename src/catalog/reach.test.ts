import { expect, test } from 'vitest';
import { base, catalogued, dump, history, stretch, verified } from './examples.fake.ts';
import { reachOf } from './reach.ts';
import { recoveryPoints } from './recovery-points.ts';

const at = (minute: number): string => `2026-01-14T03:${String(minute).padStart(2, '0')}:00.000Z`;

test('what two backups reach with one log is one range, and the newest proof counts', () => {
  const points = recoveryPoints(
    catalogued({
      manifests: [base('a', 0, at(0)), base('b', 100, at(10))],
      logs: [stretch(0, 200, { storedAt: at(20) })],
      verifications: [verified('a', at(5), true), verified('b', at(15), false)],
    }),
  );
  expect(reachOf(points)).toEqual({
    ranges: [
      {
        from: at(0),
        to: at(20),
        timeline: 1,
        method: 'postgres.base_backup+wal',
        backups: ['b', 'a'],
        verified: { state: 'failed', at: at(15) },
      },
    ],
    holes: [],
  });
});

test('a hole in the log is a time that cannot be returned to', () => {
  const points = recoveryPoints(
    catalogued({
      manifests: [base('a', 0, at(0)), base('b', 300, at(30))],
      logs: [stretch(0, 100, { storedAt: at(10) }), stretch(200, 400, { storedAt: at(40) })],
    }),
  );
  const { ranges, holes } = reachOf(points);
  expect(ranges.map(({ from, to, gap }) => [from, to, gap])).toEqual([
    [at(30), at(40), undefined],
    [at(0), at(10), 'log from 0/64 to 0/C8 of timeline 1 is missing'],
  ]);
  expect(holes).toEqual([{ from: at(10), to: at(30), seconds: 1200 }]);
});

test('dumps are single moments, and inside of a range they fill no hole', () => {
  const points = recoveryPoints(
    catalogued({
      manifests: [base('a', 0, at(0)), dump('d', at(5)), dump('e', at(30))],
      logs: [stretch(0, 100, { storedAt: at(10) })],
    }),
  );
  const { ranges, holes } = reachOf(points);
  expect(ranges.map(({ from, to, method }) => [from, to, method])).toEqual([
    [at(30), at(30), 'postgres.dump'],
    [at(0), at(10), 'postgres.base_backup+wal'],
    [at(5), at(5), 'postgres.dump'],
  ]);
  expect(holes).toEqual([{ from: at(10), to: at(30), seconds: 1200 }]);
});

test('each timeline is a range of its own', () => {
  const points = recoveryPoints(
    catalogued({
      manifests: [base('a', 0, at(0))],
      logs: [stretch(0, 150, { storedAt: at(10) }), stretch(100, 300, { timeline: 2, storedAt: at(20) })],
      histories: [history(2, [1, 100])],
    }),
  );
  expect(reachOf(points).ranges.map(({ timeline, to }) => [timeline, to])).toEqual([
    [2, at(20)],
    [1, at(10)],
  ]);
});

test('nothing reaches nothing', () => {
  expect(reachOf([])).toEqual({ ranges: [], holes: [] });
});
