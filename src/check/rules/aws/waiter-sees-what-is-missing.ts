import { awsCall } from '../../../shell/programs/aws.ts';
import { awsWaiter } from '../../../shell/programs/aws-waiters.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A wait that succeeds although there is nothing is no proof. */
export const waiterSeesWhatIsMissing: Rule = {
  id: 'waiter-sees-what-is-missing',
  level: 'warning',
  title: 'A waiter for a snapshot fails when there is no snapshot',
  why: 'The waiter db-snapshot-completed counts the answer "DBSnapshotNotFound" as success: after a creation that failed, or with a mistyped name, it ends at once and well, and a script reports a backup that does not exist. db-snapshot-available fails as it should (waiter models of botocore 1.43).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: safety, uses: shell.run, with: { command: "aws rds wait db-snapshot-completed --db-snapshot-identifier before" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: safety, uses: shell.run, with: { command: "aws rds wait db-snapshot-available --db-snapshot-identifier before" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const call = awsCall(command);
      const name = call?.operation === 'wait' ? call.plain[0]?.value : undefined;
      if (!call || name === undefined || !awsWaiter(call.service, name)?.isContentWithNothing) return [];
      return [
        {
          message: `wait ${name} ends well when there is no such snapshot at all: a backup that failed is reported as taken`,
          hint: `Use aws ${call.service} wait db-snapshot-available, which fails when there is none.`,
        },
      ];
    }),
};
