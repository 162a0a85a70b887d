import type { Complaint, Rule } from '../../rule.ts';
import { runbooks } from '../../runbooks/runbook.ts';
import { verifyingSteps } from '../../runbooks/step-roles.ts';

/** The clock must not stop before anybody has looked. */
export const healthyBeforeVerified: Rule = {
  id: 'healthy-before-verified',
  level: 'error',
  title: 'The service counts as healthy only after the result was verified',
  why: 'The RTO clock stops at the step named by healthy. When it stops before the data was read, the report says "recovered" of a database that may be empty.',
  bad: `
scenarios:
  loss:
    healthy: restore
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
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
      const verifying = verifyingSteps(book).map(({ step }) => step.id);
      const { healthy } = book.scenario;
      if (
        healthy === undefined ||
        verifying.length === 0 ||
        verifying.some((id) => id === healthy || book.isAfter(healthy, id))
      )
        return [];
      const message = `${book.name} counts as healthy after "${healthy}", before anything was verified`;
      const hint = `Name a step that runs after ${verifying.join(' or ')}, or one of them.`;
      return [{ path: [...book.path, 'healthy'], message, hint }];
    }),
};
