import { expect, test } from 'vitest';
import type { PointsResult } from '../usecases/list-points.ts';
import { pointsText } from './points-text.ts';
import { plainPaint } from './screen.ts';

const [from, to] = ['2026-01-14T02:00:00.000Z', '2026-01-14T03:00:00.000Z'];
const never = { verified: { state: 'never' } } as const;
const result: PointsResult = {
  repository: '/repo',
  domain: 'there',
  recipients: ['age1a', 'age1b'],
  now: '2026-01-14T03:10:00.000Z',
  components: [
    {
      component: 'database',
      ranges: [
        { from: to, to, method: 'postgres.dump', backups: ['d'], ...never },
        { from, to: from, timeline: 1, method: 'postgres.base_backup', backups: ['a'], ...never },
      ],
      holes: [{ from, to, seconds: 3600 }],
      points: [
        {
          id: 'd',
          component: 'database',
          method: 'postgres.dump',
          backup: 'd',
          from: to,
          to,
          bytes: 2_000_000,
          ...never,
        },
      ],
    },
  ],
  loss: {
    component: 'database',
    at: from,
    seconds: 4200,
    point: 'a',
    command: 'lifeboat restore database --to X',
    counted: { transactions: 4, inserted: 1, updated: 2, deleted: 3 },
    gaps: 1,
  },
};

test('ranges, holes, sizes, what is needed, and the loss of a choice', () => {
  const text = pointsText(result, plainPaint);
  for (const line of [
    `the moment ${to}, verified: never`,
    `the moment ${from} on timeline 1, verified: never`,
    `NO moment between ${from} and ${to}: 1h cannot be returned to`,
    '2 MB',
    'The copies are in /repo, in the domain there. To restore, one of 2 private keys is needed.',
    `Going back to ${from} would lose the last 1h 10m of database.`,
    '4 committed transactions are in the log since then: 1 rows inserted, 2 updated, 3 deleted.',
    'Log is missing in between: there were more.',
    'lifeboat restore database --to X',
  ])
    expect(text).toContain(line);
});

test('nothing to return to is said, with what to do', () => {
  const nothing = { component: 'database', points: [], ranges: [], holes: [] };
  const { loss: _, ...rest } = result;
  expect(pointsText({ ...rest, components: [nothing] }, plainPaint)).toContain(
    'database: no recovery point. Take one with: lifeboat backup database',
  );
});
