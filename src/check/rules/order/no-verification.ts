import type { Complaint, Rule } from '../../rule.ts';
import { runbooks } from '../../runbooks/runbook.ts';
import { isEffect, mayLook, verifyingSteps } from '../../runbooks/step-roles.ts';

/** A recovery that nobody checked is a hope. */
export const noVerification: Rule = {
  id: 'no-verification',
  level: 'error',
  title: 'Every runbook looks whether it has worked',
  why: 'A restore can end well and have brought back nothing: an empty dump, the wrong moment, half of the tables. That a command ended is no proof; reading the data is.',
  bad: `
scenarios:
  loss:
    healthy: restore
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    healthy: verify
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) =>
    runbooks(plan, facts).flatMap((book): readonly Complaint[] => {
      if (!book.steps.some(isEffect) || verifyingSteps(book).length > 0 || book.steps.some(mayLook)) return [];
      const message = `no step of ${book.name} looks whether the recovery has worked`;
      return [
        {
          path: book.path,
          message,
          hint: 'Add a step that reads the result, e.g. postgres.verify_server or postgres.verify_rows.',
        },
      ];
    }),
};
