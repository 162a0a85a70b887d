import type { Complaint, Rule } from '../../rule.ts';
import { type PlacedStep, type Runbook, runbooks } from '../../runbooks/runbook.ts';
import { actionsIn, hasRole, isEffect, isLookedAtBefore } from '../../runbooks/step-roles.ts';

/** Users are sent to where somebody has looked, not to where somebody hopes. */
export const trafficAfterVerification: Rule = {
  id: 'traffic-after-verification',
  level: 'error',
  title: 'Traffic moves last: after the data, the capacity and the look at them',
  why: 'Names that point to a place without database or capacity turn an outage of one region into an outage of both, and resolvers keep the answer for as long as its time to live. First restore, promote and scale; then look; then move.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: dns, uses: route53.change_record, with: { component: api } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: dns, uses: route53.change_record, with: { component: api } }
`,
  judge: (plan, facts) =>
    runbooks(plan, facts).flatMap((book) => {
      const needed = book.steps.filter(isNeeded);
      return book.steps.filter((step) => hasRole(step, 'traffic')).flatMap((step) => judgeStep(book, step, needed));
    }),
};

/** What must be there before anybody is sent: data, and room for those who come. */
const isNeeded = (placed: PlacedStep): boolean =>
  isEffect(placed) &&
  !hasRole(placed, 'traffic') &&
  NEEDED.test(`${actionsIn(placed).join(' ')} ${placed.step.id} ${placed.step.title ?? ''}`.toLowerCase());

const NEEDED = /restor|promot|scal|capacity|deploy|activate|workload/;

/** Who reads more names than these reads none of them. */
const SHOWN = 5;

function judgeStep(book: Runbook, moving: PlacedStep, needed: readonly PlacedStep[]): readonly Complaint[] {
  const { step, path } = moving;
  const after = needed.filter((later) => book.isAfter(later.step.id, step.id));
  if (after.length > 0) {
    const shown = after.slice(0, SHOWN);
    const more = after.length > SHOWN ? ` and ${after.length - SHOWN} more` : '';
    const names = `${shown.map((later) => `"${later.step.id}"`).join(', ')}${more}`;
    const related = shown.map((later) => ({ path: later.path, message: `"${later.step.id}" comes only afterwards` }));
    const message = `the step "${step.id}" moves traffic before ${names} ${after.length > 1 ? 'have' : 'has'} run`;
    return [{ path, message, hint: 'Move traffic after what it needs, and after somebody has looked.', related }];
  }
  const acts = book.steps.some((one) => isEffect(one) && book.isAfter(step.id, one.step.id));
  if (!acts || isLookedAtBefore(book, moving)) return [];
  const message = `the step "${step.id}" moves traffic before anything was verified`;
  return [
    { path, level: 'warning', message, hint: 'Let it run after a step that looks at the data and asks the service.' },
  ];
}
