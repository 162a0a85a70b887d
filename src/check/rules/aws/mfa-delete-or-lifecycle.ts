import type { Plan } from '../../../model/plan.ts';
import { awsInput } from '../../../shell/programs/aws-input.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callsOf, fixedValue, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** S3 takes one or the other. */
export const mfaDeleteOrLifecycle: Rule = {
  id: 'mfa-delete-or-lifecycle',
  level: 'error',
  title: 'A bucket with MFA Delete gets no lifecycle',
  why: 'S3 refuses a lifecycle configuration on a bucket with MFA Delete. MFA Delete asks for a second factor when a version is deleted or versioning is changed, and only the root user can turn it on; deleting an empty bucket it does not prevent (S3 user guide, configuring MFA delete, and lifecycle and other bucket configurations).',
  bad: `
procedures:
  care:
    title: Care for the bucket
    steps:
      - { id: mfa, uses: shell.run, with: { command: "aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa \\"$MFA\\"" } }
      - { id: old, uses: shell.run, with: { command: "aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration file://old.json" } }
`,
  good: `
procedures:
  care:
    title: Care for the bucket
    steps:
      - { id: on, uses: shell.run, with: { command: "aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Enabled" } }
      - { id: old, uses: shell.run, with: { command: "aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration file://old.json" } }
`,
  judge: judgePlan,
};

function judgePlan(plan: Plan, facts: CheckFacts): readonly Complaint[] {
  const sequences = sequencesOf(plan, facts);
  const lifecycles = sequences.flatMap((one) => callsOf(one, 's3api put-bucket-lifecycle-configuration'));
  return sequences
    .flatMap((one) => callsOf(one, 's3api put-bucket-versioning'))
    .filter(asksForMfa)
    .flatMap((versioning): readonly Complaint[] => {
      const bucket = fixedValue(versioning, 'bucket');
      const other = lifecycles.find((one) => bucket !== undefined && fixedValue(one, 'bucket') === bucket);
      if (!other) return [];
      return [
        about(versioning, {
          message: `${bucket} is to have MFA Delete here and a lifecycle in "${other.placed.step.id}": S3 refuses the lifecycle then, and MFA Delete does not keep the bucket from being deleted`,
          hint: 'Keep the lifecycle, and guard the bucket by a policy that denies s3:DeleteBucket, by Object Lock, and by a copy in another account.',
          related: [{ path: other.path, within: other.command.at, message: 'the lifecycle of the same bucket' }],
        }),
      ];
    });
}

function asksForMfa(call: PlacedCall): boolean {
  const value = awsInput(call.aws, 'versioning-configuration', call.script)?.value as
    | Record<string, unknown>
    | undefined;
  return value?.MFADelete === 'Enabled';
}
