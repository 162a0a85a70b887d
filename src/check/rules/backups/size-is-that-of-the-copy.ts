import { awsCall } from '../../../shell/programs/aws.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** The disk is as large as ever when it is empty. */
export const sizeIsThatOfTheCopy: Rule = {
  id: 'size-is-that-of-the-copy',
  level: 'warning',
  title: 'The size of a backup is that of what is in it',
  why: 'AllocatedStorage of a snapshot is the size of the disk that was provisioned (RDS API reference, DBSnapshot), in GiB: it is the same for a full database and for an empty one. A check that prints it can never notice that data is missing.',
  bad: `
procedures:
  weekly:
    title: Look at the newest copy
    steps: [{ id: look, uses: shell.run, with: { command: "aws rds describe-db-snapshots --db-instance-identifier shop --query 'DBSnapshots[-1].AllocatedStorage'" } }]
`,
  good: `
procedures:
  weekly:
    title: Look at the newest copy
    steps: [{ id: look, uses: shell.run, with: { command: "aws s3api head-object --bucket shop-backups --key newest.dump --query ContentLength" } }]
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const call = awsCall(command);
      const isAsked = call?.service === 'rds' && /^describe-db-(cluster-)?snapshots$/.test(call.operation);
      if (!isAsked || !/\bAllocatedStorage\b/.test(call.get('query') ?? '')) return [];
      return [
        {
          message:
            'AllocatedStorage is the size of the provisioned disk, the same for an empty database: it says nothing about the backup',
          hint: 'Restore the copy and count: rows of the large tables, pg_database_size. For a dump, compare its size with that of yesterday.',
        },
      ];
    }),
};
