import { parseSpan } from '../../../model/plan.ts';
import { rangeText } from '../../promises.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { carryingOut } from '../../runbook-time.ts';
import { type Runbook, runbooks } from '../../runbooks/runbook.ts';

/** What a document claims of a recovery must be what its steps add up to. */
export const statedTimeAddsUp: Rule = {
  id: 'stated-time-adds-up',
  level: 'warning',
  title: 'The stated duration is what the steps add up to',
  why: 'People decide by the number at the top of the page. When its steps take longer, the decision is made on a wrong one.',
  bad: `
scenarios: { loss: { states: { takes: 10m..20m } } }
`,
  good: `
scenarios: { loss: { states: { takes: 20m..30m } } }
`,
  judge: (plan, facts) => runbooks(plan, facts).flatMap((book) => judgeRunbook(book, facts)),
};

function judgeRunbook(book: Runbook, facts: CheckFacts): readonly Complaint[] {
  const text = book.scenario.states?.takes;
  const stated = text === undefined ? undefined : parseSpan(text);
  const takes = carryingOut(book, facts);
  if (!stated || !takes || takes.max <= stated.max) return [];
  const over = takes.min > stated.min ? 'both ends are too short' : 'the longer end is too short';
  const sum = takes.isComplete
    ? rangeText(takes)
    : `${rangeText(takes)}, without those that do not say how long they take`;
  return [
    {
      path: [...book.path, 'states', 'takes'],
      message: `${book.name} is said to take ${text}, and its steps add up to ${sum}: ${over}`,
      hint: 'Correct the claim or the steps; drills measure what is true.',
      related: [{ path: [...book.path, 'steps'], message: `these steps take ${rangeText(takes)}` }],
    },
  ];
}
