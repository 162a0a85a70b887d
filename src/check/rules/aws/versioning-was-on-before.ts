import { awsInput } from '../../../shell/programs/aws-input.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callName, callsOf, mayBeSame, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Versioning keeps what happens from now on. */
export const versioningWasOnBefore: Rule = {
  id: 'versioning-was-on-before',
  level: 'error',
  title: 'A recovery does not rest on versioning that it turns on itself',
  why: 'Versions are kept from the moment versioning is on: turning it on after a deletion brings nothing back. A bucket can only be deleted when all versions in it are gone, so that after the loss of a bucket there are none, and the call ends with NoSuchBucket (S3 user guide, deleting a bucket; S3 API reference, PutBucketVersioning).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: on, uses: shell.run, with: { command: "aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Enabled" } }
      - { id: deleted, uses: shell.run, with: { command: "aws s3api list-object-versions --bucket b" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: deleted, uses: shell.run, with: { command: "aws s3api list-object-versions --bucket b" } }
      - { id: on, uses: shell.run, with: { command: "aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Enabled" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  if (!sequence.scenario) return [];
  const calls = callsOf(sequence);
  return calls.flatMap((turning, index): readonly Complaint[] => {
    if (!turnsOn(turning)) return [];
    const before = calls.slice(0, index);
    const isNew = before.some(({ aws }) => ['s3api create-bucket', 's3 mb'].includes(callName(aws)));
    const use = calls
      .slice(index + 1)
      .find((later) => readsVersions(later) && mayBeSame(turning, ['bucket'], later, ['bucket']));
    if (isNew || !use || before.some(readsVersions)) return [];
    return [
      about(turning, {
        message: `turning versioning on brings back nothing that was deleted before, and "${use.placed.step.id}" counts on it; when the bucket itself is gone, so are its versions, and this ends with NoSuchBucket`,
        hint: 'Refill a new bucket from a copy in another region or account; for deleted objects begin with the delete markers. Turn versioning on the day the bucket is made.',
        related: [{ path: use.path, within: use.command.at, message: 'looks for versions' }],
      }),
    ];
  });
}

function turnsOn(call: PlacedCall): boolean {
  if (callName(call.aws) !== 's3api put-bucket-versioning') return false;
  const value = awsInput(call.aws, 'versioning-configuration', call.script)?.value as
    | Record<string, unknown>
    | undefined;
  return value?.Status === 'Enabled';
}

const readsVersions = ({ aws }: PlacedCall): boolean =>
  callName(aws) === 's3api list-object-versions' ||
  (callName(aws) === 's3api copy-object' && /\?versionId=/i.test(aws.get('copy-source') ?? ''));
