import { type AwsCall, awsCall } from '../../../shell/programs/aws.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** Copying an object onto itself is not taking a deletion back. */
export const objectCopiesAreComplete: Rule = {
  id: 'object-copies-are-complete',
  level: 'warning',
  title: 'Objects are not brought back by copying them one by one onto themselves',
  why: 'CopyObject copies at most 5 GB at a time, gives the copy the storage class STANDARD unless one is named, and takes its source URL-encoded: larger objects, and keys with a blank, a plus or another sign, fail (S3 API reference, CopyObject). A second full version of everything is paid for. Removing the delete marker needs none of it.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: back, uses: shell.run, with: { command: "while IFS= read -r k; do aws s3api copy-object --bucket b --key \\"$k\\" --copy-source \\"b/$k?versionId=$V\\"; done < keys" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: back, uses: shell.run, with: { command: "while IFS= read -r k; do aws s3api delete-object --bucket b --key \\"$k\\" --version-id \\"$V\\"; done < keys" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const call = awsCall(command);
      if (call?.service !== 's3api' || call.operation !== 'copy-object' || !command.inside.includes('loop')) return [];
      const source = call.all('copy-source')[0];
      if (!source || source.isLiteral || !/\?versionId=/i.test(source.value) || !isOntoItself(call)) return [];
      const lost = [
        'fails above 5 GB',
        ...(call.has('storage-class') ? [] : ['turns every storage class into STANDARD']),
        ...(/encode|uri/i.test(source.value) ? [] : ['fails for keys that must be URL-encoded']),
      ];
      return [
        {
          message: `copying every object onto itself ${lost.join(', ')}, and stores all of them a second time`,
          hint: 'Remove the delete markers instead (aws s3api delete-object --version-id, s3.undelete), or use a tool that copies in parts and keeps class and metadata (s3.copy).',
        },
      ];
    }),
};

const isOntoItself = (call: AwsCall): boolean => {
  const bucket = call.get('bucket') ?? '';
  const source = (call.get('copy-source') ?? '').replace(/^\//, '');
  return source.startsWith(`${bucket}/`);
};
