import { formatDuration } from '../../../lib/duration.ts';
import { effectiveObjective } from '../../../model/plan/effective.ts';
import { objectiveText, type Plan } from '../../../model/plan.ts';
import { type Stretch, stretchName } from '../../critical-path.ts';
import { stretchTime } from '../../measured-words.ts';
import { type Promised, scenarioPromise } from '../../promises.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { runbookTime } from '../../runbook-time.ts';
import { type Runbook, runbooks } from '../../runbooks/runbook.ts';

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
  judge: (plan: Plan, facts: CheckFacts) => runbooks(plan, facts).flatMap((book) => judgeRunbook(plan, book, facts)),
};

function judgeRunbook(plan: Plan, book: Runbook, facts: CheckFacts): readonly Complaint[] {
  const rto = promiseFor(plan, book);
  if (rto?.limit === undefined || book.steps.length === 0) return [];
  const { stretches, min, max, unknown } = runbookTime(book, facts);
  const said = { promise: promiseText(book, rto), path: rto.isOwn ? rto.path : book.path, ...relatedTo(rto) };
  const missing = unknown.length > 0 ? `; not counted, because the plan does not say: ${unknown.join(', ')}` : '';
  // What the steps add up to against the promise of a component is said by rule scenario-fits-the-components.
  if (max > rto.limit && rto.isOwn) {
    const takes = min > rto.limit ? `it takes ${formatDuration(max)}` : `it can take ${formatDuration(max)}`;
    return [complaint(said, `and ${takes}: ${sumText(stretches)}${missing}`)];
  }
  if (unknown.length === 0 || max > rto.limit) return [];
  if (max === rto.limit)
    return [complaint(said, `and ${sumText(stretches)} can take all of it: nothing is left for the rest${missing}`)];
  const hint = 'Write what it takes: expect for a step, within for an approval, detect_within for noticing.';
  const unproven = `which cannot be proven: the plan does not say ${unknown.join(', ')}`;
  return [{ ...complaint(said, unproven), level: 'warning', hint }];
}

interface RunbookPromise extends Promised {
  /** Whether the scenario itself says it; else a component that it loses does. */
  readonly isOwn: boolean;
}

/** What is taken back or only degraded is not lost: for that only the scenario itself can promise. */
function promiseFor(plan: Plan, { name, scenario }: Runbook): RunbookPromise | undefined {
  const own = scenarioPromise(plan, name, 'rto');
  if (own) return { ...own, isOwn: true };
  const holds = scenario.kind === 'disaster' ? effectiveObjective(plan, { scenario: name }, 'rto') : undefined;
  if (!holds) return undefined;
  const { value, from, promised } = holds;
  return { kind: 'rto', text: objectiveText(value), limit: promised?.max, path: from, isOwn: false };
}

function promiseText({ name, scenario: { healthy } }: Runbook, { text, isOwn }: RunbookPromise): string {
  const until = healthy === undefined ? '' : ` until "${healthy}"`;
  return isOwn ? `${name} promises ${text}${until}` : `what ${name} loses must serve again after ${text}${until}`;
}

const relatedTo = ({ isOwn, path, text }: RunbookPromise): Pick<Complaint, 'related'> =>
  isOwn ? {} : { related: [{ path, message: `an RTO of ${text}` }] };

const complaint = (
  { promise, ...placed }: { readonly promise: string } & Pick<Complaint, 'path' | 'related'>,
  what: string,
): Complaint => ({
  ...placed,
  message: `${promise}, ${what}`,
  hint: 'Make the runbook quicker, let steps run side by side, or promise what can be kept.',
});

const isPeople = ({ kind }: Stretch): boolean => kind === 'approval' || kind === 'confirmation';

const sumText = (stretches: readonly Stretch[]): string =>
  stretches
    .filter(({ max }) => max > 0)
    .map(
      (stretch) => `${stretchName(stretch)} ${isPeople(stretch) ? formatDuration(stretch.max) : stretchTime(stretch)}`,
    )
    .join(' + ');
