import type { Complaint, Rule } from '../../rule.ts';
import { runbooks } from '../../runbooks/runbook.ts';
import { hasRole, isEffect } from '../../runbooks/step-roles.ts';

/** After somebody broke in, traces are taken before they are trodden on. */
export const evidenceBeforeChange: Rule = {
  id: 'evidence-before-change',
  level: 'error',
  title: 'Evidence is preserved before anything is restored or changed',
  why: 'Restoring, restarting and repointing overwrite what shows how somebody came in. Stopping the damage may come first; everything else comes after the copy (NIST SP 800-61, containment and evidence).',
  bad: `
scenarios:
  loss:
    kind: security
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: forensics, uses: human.task, with: { instruction: Keep the old disk. } }
`,
  good: `
scenarios:
  loss:
    kind: security
    steps:
      - { id: forensics, uses: human.task, with: { instruction: Keep the old disk. } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) =>
    runbooks(plan, facts).flatMap((book): readonly Complaint[] => {
      if (book.scenario.kind !== 'security') return [];
      const evidence = book.steps.filter((one) => hasRole(one, 'evidence'));
      const [first] = evidence;
      if (!first) return [];
      const changes = book.steps.filter(
        (one) =>
          isEffect(one) &&
          !evidence.includes(one) &&
          !CONTAINS.test(`${one.step.id} ${one.step.title ?? ''} ${one.step.uses}`) &&
          book.isAfter(first.step.id, one.step.id),
      );
      if (changes.length === 0) return [];
      return [
        {
          path: first.path,
          message: `the step "${first.step.id}" preserves evidence after ${changes.map(({ step }) => `"${step.id}"`).join(', ')} changed what it is taken from`,
          hint: 'Preserve first, right after the damage is stopped.',
          related: changes.map(({ path, step }) => ({ path, message: `"${step.id}" changes something before` })),
        },
      ];
    }),
};

/** What stops the damage may come first. */
const CONTAINS = /isolat|block|stop|contain|revoke|quarantine|lock|disconnect|cut/i;
