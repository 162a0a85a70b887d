import type { Rule } from '../../rule.ts';
import { type PlacedStep, runbooks } from '../../runbooks/runbook.ts';
import { hasRole } from '../../runbooks/step-roles.ts';

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
    runbooks(plan, facts).flatMap((book) => {
      // The last ones first: they come after most of what is changed.
      const reloads = book.steps.filter((one) => hasRole(one, 'reloads')).reverse();
      return book.steps
        .filter((one) => changesSetting(one) && !reloads.some((later) => book.isAfter(later.step.id, one.step.id)))
        .map(({ path, step }) => ({
          path,
          message: `the step "${step.id}" changes a setting, and no later step restarts those who use it`,
          hint: 'Add a step that restarts or deploys every user of it, and one that asks them afterwards.',
        }));
    }),
};

function changesSetting(placed: PlacedStep): boolean {
  const { uses, id, title = '' } = placed.step;
  // A parameter may be a switch that is read at every request; an address is read when a program starts.
  if (uses.startsWith('parameters.set')) return POINTS.test(`${id} ${title}`);
  const sign = hasRole(placed, 'settings');
  return sign === 'by name' || (sign === 'by title' && CHANGES.test(title));
}

/** In the title of a step whose action does not say it. */
const CHANGES = /\b(change|write|update|set|point|put|replace)\b/i;

/** What programs find each other by. */
const POINTS = /\b(re-?point\w*|point|host|connection|address|bucket|password)\b/i;
