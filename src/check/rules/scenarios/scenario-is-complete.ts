import type { Complaint, Rule } from '../../rule.ts';
import { type Runbook, runbooks } from '../../runbooks/runbook.ts';
import { isLook } from '../../runbooks/step-roles.ts';

/** Who is woken must know how to tell that it happened, how long it takes, and when it is over. */
export const scenarioIsComplete: Rule = {
  id: 'scenario-is-complete',
  level: 'warning',
  title: 'Every scenario says how it is noticed, how long it takes and when it is over',
  why: 'Without signs nobody knows that this is the page to open. Without a duration nobody knows whether to begin or to wait. Without a sign of success nobody knows when to stop.',
  bad: `
scenarios:
  fire:
    title: The machine room burns
    loses: [database, api]
    steps: [{ id: act, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }]
`,
  good: `
scenarios:
  loss: { detection: [The API answers with errors] }
`,
  judge: (plan, facts) => runbooks(plan, facts).flatMap(judgeRunbook),
};

function judgeRunbook(book: Runbook): readonly Complaint[] {
  const missing = missingIn(book);
  if (missing.length === 0) return [];
  const message = `${book.name} does not say ${missing.join(', nor ')}`;
  return [
    {
      path: book.path,
      message,
      hint: 'Add detection, expect for the steps, and healthy or success, as far as they are missing.',
    },
  ];
}

function missingIn({ scenario, steps }: Runbook): readonly string[] {
  const { detection, detect_within, states, objectives, healthy } = scenario;
  const timed =
    states?.takes !== undefined || objectives.rto !== undefined || steps.some(({ step }) => step.expect !== undefined);
  const ends = healthy !== undefined || steps.some((one) => one.step.success !== undefined || isLook(one));
  return [
    ...(detection.length === 0 && detect_within === undefined ? ['how it is noticed'] : []),
    ...(timed ? [] : ['how long it takes']),
    ...(ends || steps.length === 0 ? [] : ['how one sees that it has worked']),
  ];
}
