import { formatDuration } from '../../../lib/duration.ts';
import { type Plan, parseSpan } from '../../../model/plan.ts';
import type { Range } from '../../critical-path.ts';
import { alsoDown, lostComponents } from '../../losses.ts';
import { componentPromise, rangeText, scenarioPromise } from '../../promises.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { runbookTime } from '../../runbook-time.ts';
import { type Runbook, runbooks } from '../../runbooks/runbook.ts';

/** What a recovery takes must fit into the promise of everything that is down meanwhile. */
export const scenarioFitsTheComponents: Rule = {
  id: 'scenario-fits-the-components',
  level: 'error',
  title: 'A recovery is over within the RTO of all that is down',
  why: 'A region that takes two hours to replace breaks the promise of every component in it that may be down for one hour, and of every component that needs one of those. The promise of the component holds also where the scenario makes none of its own.',
  bad: `
scenarios: { fire: { title: The machine room burns, loses: [database], detect_within: 5m, states: { takes: 2h }, steps: [{ id: act, uses: postgres.verify_server }] } }
`,
  good: `
scenarios: { fire: { title: The machine room burns, loses: [database], detect_within: 5m, states: { takes: 30m }, steps: [{ id: act, uses: postgres.verify_server }] } }
`,
  judge: (plan, facts) => runbooks(plan, facts).flatMap((book) => judgeRunbook(plan, book, facts)),
};

function judgeRunbook(plan: Plan, book: Runbook, facts: CheckFacts): readonly Complaint[] {
  const own = scenarioPromise(plan, book.name, 'rto');
  // Where the scenario promises something of its own, its steps and the components are compared with that.
  if (own?.limit !== undefined) return claimAgainst(own.limit, own.text, book);
  const takes = timeOf(book, facts);
  if (!takes) return [];
  const at = [...book.path, ...(takes.claimed ? ['states', 'takes'] : ['steps'])];
  const lost = lostComponents(plan, book.scenario);
  const down = [
    ...lost.map((name) => ({ name, why: 'which is lost in it' })),
    ...alsoDown(plan, lost).map(({ name, needs }) => ({ name, why: `which needs ${needs}` })),
  ];
  return down.flatMap(({ name, why }): readonly Complaint[] => {
    const rto = componentPromise(plan, name, 'rto');
    if (rto?.limit === undefined || takes.max <= rto.limit) return [];
    const message = `${book.name} takes ${rangeText(takes)}, and ${name}, ${why}, promises to serve again after ${rto.text}`;
    const hint =
      'Make the recovery quicker, promise less, or write an RTO for this scenario that somebody answers for.';
    return [{ path: at, message, hint, related: [{ path: rto.path, message: `an RTO of ${rto.text}` }] }];
  });
}

function claimAgainst(limit: number, text: string, book: Runbook): readonly Complaint[] {
  const takes = claimOf(book);
  if (!takes || takes.max <= limit) return [];
  return [
    {
      path: [...book.path, 'states', 'takes'],
      message: `${book.name} promises ${text}, and says itself that it takes ${rangeText(takes)}`,
      hint: `Promise ${formatDuration(takes.max)}, or make the recovery quicker.`,
      related: [{ path: [...book.path, 'objectives', 'rto'], message: `an RTO of ${text}` }],
    },
  ];
}

/** What the steps add up to; else what the plan claims, with the time to notice. */
function timeOf(book: Runbook, facts: CheckFacts): (Range & { readonly claimed: boolean }) | undefined {
  const { detect_within } = book.scenario;
  const path = runbookTime(book, facts);
  const known = path.stretches.some(({ kind, max }) => kind !== 'detection' && max > 0);
  const complete = book.steps.length > 0 && !path.stretches.some(({ kind, unknown }) => kind === 'step' && unknown);
  if (complete && known) return { min: path.min, max: path.max, claimed: false };
  const claim = claimOf(book);
  const noticing = detect_within === undefined ? 0 : (parseSpan(detect_within)?.max ?? 0);
  if (claim && claim.max + noticing >= path.max)
    return { min: claim.min + noticing, max: claim.max + noticing, claimed: true };
  return known ? { min: path.min, max: path.max, claimed: false } : undefined;
}

const claimOf = ({ scenario: { states } }: Runbook): Range | undefined =>
  states?.takes === undefined ? undefined : parseSpan(states.takes);
