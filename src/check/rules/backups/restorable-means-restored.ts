import type { Step } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { operationsOf } from '../../runbooks/acts.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** That a copy exists says nothing about what is in it. */
export const restorableMeansRestored: Rule = {
  id: 'restorable-means-restored',
  level: 'warning',
  title: 'What is said to prove that a backup can be restored, restores it',
  why: 'The age, the size and the state of a copy are those of its wrapping. An empty dump and a snapshot of a damaged database are as new and as large as good ones. Only restoring a copy somewhere else, and asking it questions, shows that it is of use.',
  bad: `
procedures:
  weekly:
    title: Prove that backups can be restored
    steps: [{ id: look, uses: shell.run, with: { command: aws rds describe-db-snapshots --db-instance-identifier shop } }]
`,
  good: `
procedures:
  weekly:
    title: Prove that backups can be restored
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier proof --db-snapshot-identifier \${{ inputs.newest }}" } }
      - { id: look, uses: shell.run, with: { command: 'psql -h proof -c "SELECT max(created) FROM orders"' } }
    inputs: { newest: { describe: The newest copy } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap(({ path, name, steps, scenario }): readonly Complaint[] => {
      const title = scenario?.title ?? plan.procedures[name]?.title ?? '';
      const claim = [title, ...steps.map(({ step }) => step.title ?? '')].find((text) => CLAIM.test(text));
      if (claim === undefined || steps.some(({ step }) => restores(step))) return [];
      const message = `${name} is said to prove that backups can be restored ("${claim}"), and no step of it restores one`;
      return [
        {
          path,
          message,
          hint: 'Restore the newest copy into an instance of its own and ask it questions, or say that only age and size are looked at.',
        },
      ];
    }),
};

const CLAIM = /\b(prove|verify|verifies|show|test|check|see)\w*\b.*\b(restorable|can be restored|restorab\w+)\b/i;

const restores = (step: Step): boolean =>
  operationsOf(step).some(({ name }) => /restore|load_dump/.test(name)) ||
  /\brestor(e|es|ing)\b/i.test(`${step.id} ${step.uses.startsWith('human.') ? step.with.instruction : ''}`);
