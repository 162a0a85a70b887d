import { hasOption } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** The end of the alphabet is not the end of time. */
export const listingIsInKeyOrder: Rule = {
  id: 'listing-is-in-key-order',
  level: 'warning',
  title: 'The newest objects of a bucket are found by their time',
  why: 'S3 lists objects in the order of their keys. The last lines of aws s3 ls --recursive are the last names, whatever their age; sorted, the lines begin with day and time (S3 API reference, ListObjectsV2).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: "aws s3 ls s3://shop-files/ --recursive | tail -20" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: "aws s3 ls s3://shop-files/ --recursive | sort | tail -20" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const call = awsCall(command);
      const reader = command.feeds;
      if (call?.service !== 's3' || call.operation !== 'ls' || !hasOption(command, '--recursive')) return [];
      if (reader?.program !== 'tail' || hasOption(command, '--summarize') || hasOption(reader, '-f')) return [];
      // Names that begin with the time sort by time; a script that takes one of them counts on that.
      if (command.keptIn !== undefined || reader.feeds !== undefined) return [];
      return [
        {
          at: reader.at,
          message:
            'a listing is in the order of the keys: these are the last names, not the newest objects, and an old state looks fresh',
          hint: 'Sort by time first: aws s3 ls … --recursive | sort | tail, and compare with an inventory.',
        },
      ];
    }),
};
