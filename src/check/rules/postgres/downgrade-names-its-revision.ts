import { downgradeCall } from '../../../shell/programs/migrations.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** "One back" from where? */
export const downgradeNamesItsRevision: Rule = {
  id: 'downgrade-names-its-revision',
  level: 'warning',
  title: 'A migration is taken back to a revision that is named',
  why: 'A deployment may bring several migrations, and somebody may have taken one back already: one step back from wherever the database is by now is then the wrong place, and with several heads no place at all. The revision before the deployment is known, and can be named (Alembic documentation, relative migration identifiers).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: down, uses: shell.run, with: { command: alembic downgrade -1 } }
`,
  good: `
scenarios:
  loss:
    inputs: { revision: { describe: The revision before the deployment } }
    steps:
      - { id: down, uses: shell.run, with: { command: "alembic downgrade \${{ inputs.revision }}" } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const call = downgradeCall(command);
      if (!call || call.to !== undefined) return [];
      return [
        {
          message: `${call.tool} goes back from wherever the database is by then, by a number of steps: after a deployment of several migrations that is not far enough`,
          hint: 'Name the revision from before the deployment, and compare with it afterwards.',
        },
      ];
    }),
};
