import { formatDuration } from '../../lib/duration.ts';
import type { Plan } from '../../model/plan.ts';
import { type Stretch, stretchName } from '../critical-path.ts';
import { rangeText, scenarioPromise } from '../promises.ts';
import type { CheckFacts, Complaint, Rule } from '../rule.ts';
import { type Runbook, runbooks } from '../runbook.ts';
import { runbookTime } from '../runbook-time.ts';

/** Noticing, deciding and doing together must fit into the promise. */
export const rtoIsReachable: Rule = {
  id: 'rto-is-reachable',
  level: 'error',
  title: 'Noticing, approving and carrying out fit into the RTO',
  why: 'The clock starts when the damage is done and stops when the service is healthy. The longest chain of steps counts, with the time to notice and the time that people may take to approve: a runbook of 31 minutes does not keep a promise of 30. What may take longer than the promise, at worst, breaks it.',
  bad: `
scenarios:
  loss:
    objectives: { rto: 30m, rpo: 5m }
    detect_within: 5m
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, expect: 20m, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, expect: 5m }
`,
  good: `
components:
  database: { objectives: { rto: 1h, rpo: 5m } }
scenarios:
  loss:
    objectives: { rto: 40m, rpo: 5m }
    detect_within: 5m
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, expect: 20m, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, expect: 5m }
`,
  judge: (plan: Plan, facts: CheckFacts) => runbooks(plan, facts).flatMap((book) => judgeRunbook(plan, book)),
};

function judgeRunbook(plan: Plan, book: Runbook): readonly Complaint[] {
  const rto = scenarioPromise(plan, book.name, 'rto');
  if (rto?.limit === undefined || book.steps.length === 0) return [];
  const { stretches, min, max, unknown } = runbookTime(book);
  const { healthy } = book.scenario;
  const promise = `${book.name} promises ${rto.text}${healthy === undefined ? '' : ` until "${healthy}"`}`;
  const missing = unknown.length > 0 ? `; not counted, because the plan does not say: ${unknown.join(', ')}` : '';
  if (max > rto.limit) {
    const takes = min > rto.limit ? `it takes ${formatDuration(max)}` : `it can take ${formatDuration(max)}`;
    return [
      {
        path: rto.path,
        message: `${promise}, and ${takes}: ${sumText(stretches)}${missing}`,
        hint: 'Make the runbook quicker, let steps run side by side, or promise what can be kept.',
      },
    ];
  }
  if (unknown.length === 0) return [];
  const hint = 'Write what it takes: expect for a step, within for an approval, detect_within for noticing.';
  return [
    {
      path: rto.path,
      level: 'warning',
      message: `${promise}, which cannot be proven: the plan does not say ${unknown.join(', ')}`,
      hint,
    },
  ];
}

const sumText = (stretches: readonly Stretch[]): string =>
  stretches
    .filter(({ max }) => max > 0)
    .map(
      (stretch) =>
        `${stretchName(stretch)} ${stretch.kind === 'approval' ? formatDuration(stretch.max) : rangeText(stretch)}`,
    )
    .join(' + ');
