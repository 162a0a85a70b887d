import { describe, expect, test } from 'vitest';
import type { Recovered } from '../../lab/demo/recovery.ts';
import { type Judged, scenarioResult } from '../../lab/demo/scenario-result.ts';

const recovered = (measured: { rto_seconds?: number; rpo_seconds?: number }): Recovered => ({
  run: {
    run: 'run-1',
    status: 'succeeded',
    title: 'Rows were deleted',
    objective: { rto_seconds: 60, rpo_seconds: 0 },
    human_wait_seconds: 1,
    impact_at: '2026-01-14T03:00:00Z',
    steps: [],
    open_obligations: [],
    ...measured,
  },
  approvals: [],
  wallSeconds: 1,
  evidence: 'evidence.ndjson',
  report: null,
});

const JUDGED: Judged = {
  acknowledged_commits: 10,
  lost_commits: 0,
  rows_deleted: 3,
  rows_restored: 3,
  later_writes: 2,
  later_writes_kept: 2,
  happened: 'rows were deleted',
  proofs: [{ claim: 'every row is back', held: true, observed: '3 of 3' }],
  problems: [],
};

describe('a scenario of the demo', () => {
  test('is verified when all is proven and every promise was kept', () =>
    expect(scenarioResult(recovered({ rto_seconds: 60, rpo_seconds: 0 }), JUDGED)).toMatchObject({
      verified: true,
      problems: [],
      rows_restored: 3,
      rto_seconds: 60,
    }));

  test.each([
    ['an objective that was missed', { rto_seconds: 61, rpo_seconds: 0 }, {}, 'RTO was 61 s, and 60 s were promised'],
    ['one that nobody measured', { rto_seconds: 60 }, {}, 'RPO was not measured'],
    [
      'a claim that does not hold',
      { rto_seconds: 60, rpo_seconds: 0 },
      { proofs: [{ claim: 'every row is back', held: false, observed: '2 of 3' }] },
      'not proven: every row is back (2 of 3)',
    ],
    [
      'what the judge says',
      { rto_seconds: 60, rpo_seconds: 0 },
      { problems: ['a commit is lost'] },
      'a commit is lost',
    ],
  ])('is not after %s', (_what, measured, over, problem) =>
    expect(scenarioResult(recovered(measured), { ...JUDGED, ...over })).toMatchObject({
      verified: false,
      problems: [problem],
    }),
  );
});
