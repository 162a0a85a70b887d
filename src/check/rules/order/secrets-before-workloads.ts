import type { Complaint, Rule } from '../../rule.ts';
import { type PlacedStep, runbooks } from '../../runbooks/runbook.ts';
import { hasRole, isEffect } from '../../runbooks/step-roles.ts';

/** What starts without its secrets does not start. */
export const secretsBeforeWorkloads: Rule = {
  id: 'secrets-before-workloads',
  level: 'error',
  title: 'Secrets are there before the workloads that need them',
  why: 'A pod whose secret does not exist stays in CreateContainerConfigError (Kubernetes documentation, secrets). The step that waits for it runs into its time limit.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: workloads, uses: kubernetes.apply, with: { component: api } }
      - { id: secrets, uses: secrets.restore, with: { component: api } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: secrets, uses: secrets.restore, with: { component: api } }
      - { id: workloads, uses: kubernetes.apply, with: { component: api } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) =>
    runbooks(plan, facts).flatMap((book) => {
      const workloads = book.steps.filter((one) => hasRole(one, 'workloads') && isEffect(one));
      const secrets = book.steps.filter((one) => hasRole(one, 'secrets') && isEffect(one) && !isChangedOnly(one));
      return workloads.flatMap((workload): readonly Complaint[] => {
        const late = secrets.find((secret) => secret !== workload && book.isAfter(secret.step.id, workload.step.id));
        const early = secrets.some((secret) => book.isAfter(workload.step.id, secret.step.id));
        if (!late || early) return [];
        const message = `the step "${workload.step.id}" starts workloads before "${late.step.id}" has brought their secrets`;
        const related = [{ path: late.path, message: 'brings the secrets only afterwards' }];
        return [{ path: workload.path, message, hint: `Let "${late.step.id}" run first.`, related }];
      });
    }),
};

/** A secret that is there already, and gets another value: the workloads have started with the one before. */
const isChangedOnly = (one: PlacedStep): boolean =>
  hasRole(one, 'settings') === 'by name' || /rotat/i.test(`${one.step.uses} ${one.step.id}`);
