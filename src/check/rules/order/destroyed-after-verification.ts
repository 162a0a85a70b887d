import type { Complaint, Rule } from '../../rule.ts';
import { type PlacedStep, type Runbook, runbooks } from '../../runbooks/runbook.ts';
import { hasRole, isLook, isLookedAtBefore } from '../../runbooks/step-roles.ts';

/** The old is thrown away when the new has been seen to work. */
export const destroyedAfterVerification: Rule = {
  id: 'destroyed-after-verification',
  level: 'error',
  title: 'Nothing old is deleted before the new was verified',
  why: 'The damaged server and the older backups are the last way back. Deleting them before the new one was read makes a failed recovery final. Deleting an RDS instance also deletes its automated backups unless they are retained (AWS documentation, DeleteDBInstance).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: remove, uses: rds.delete_instance, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: remove, uses: rds.delete_instance, with: { component: database }, approve: { role: keeper, within: 10m } }
`,
  judge: (plan, facts) =>
    runbooks(plan, facts).flatMap((book) =>
      book.steps.filter((step) => hasRole(step, 'destroys') && !isLook(step)).flatMap((step) => judgeStep(book, step)),
    ),
};

function judgeStep(book: Runbook, destroying: PlacedStep): readonly Complaint[] {
  if (isLookedAtBefore(book, destroying)) return [];
  const { step, path } = destroying;
  const later = book.steps.find((one) => isLook(one) && book.isAfter(one.step.id, step.id));
  // What is only guessed from a title counts when the plan itself looks later: then the order is wrong, whatever the step does.
  if (hasRole(destroying, 'destroys') === 'by title' && !later) return [];
  return [
    {
      path,
      message: `the step "${step.id}" deletes something before anything was verified${later ? `: "${later.step.id}" looks only afterwards` : ''}`,
      hint: 'Let it run last, after a step that has read the restored data.',
      ...(later ? { related: [{ path: later.path, message: 'looks only afterwards' }] } : {}),
    },
  ];
}
