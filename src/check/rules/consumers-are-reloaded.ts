import type { Complaint, Rule } from '../rule.ts';
import { runbooks } from '../runbook.ts';
import { hasRole } from '../step-roles.ts';

/** A new value helps when somebody reads it. */
export const consumersAreReloaded: Rule = {
  id: 'consumers-are-reloaded',
  level: 'warning',
  title: 'After a setting was changed, those who use it are restarted',
  why: 'A running task keeps the environment and the secret with which it was started; an environment variable of a hosting service applies to new deployments only. Without a restart the application goes on with the dead host.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: repoint, uses: ssm.put_parameter, with: { component: api } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: repoint, uses: ssm.put_parameter, with: { component: api } }
      - { id: restart, uses: ecs.redeploy, with: { component: api } }
`,
  judge: (plan, facts) =>
    runbooks(plan, facts).flatMap((book) =>
      book.steps
        .filter(
          (one) =>
            hasRole(one, 'settings') && (hasRole(one, 'settings') === 'by name' || CHANGES.test(one.step.title ?? '')),
        )
        .flatMap((changing): readonly Complaint[] => {
          const reloads = book.steps.some(
            (one) => hasRole(one, 'reloads') && book.isAfter(one.step.id, changing.step.id),
          );
          if (reloads) return [];
          const message = `the step "${changing.step.id}" changes a setting, and no later step restarts those who use it`;
          return [
            {
              path: changing.path,
              message,
              hint: 'Add a step that restarts or deploys every user of it, and one that asks them afterwards.',
            },
          ];
        }),
    ),
};

/** In the title of a step whose action does not say it. */
const CHANGES = /\b(change|write|update|set|point|put|replace)\b/i;
