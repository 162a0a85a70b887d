import type { Plan } from '../../../model/plan.ts';
import { awsInput } from '../../../shell/programs/aws-input.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callsOf } from '../../runbooks/aws-calls.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** A delete marker has no age of its own. */
export const deleteMarkersExpireAlone: Rule = {
  id: 'delete-markers-expire-alone',
  level: 'error',
  title: 'Delete markers are not given a number of days',
  why: 'ExpiredObjectDeleteMarker cannot stand beside Days or Date in one Expiration: the call is refused. A marker is removed when no version is left below it, however old it is; removed earlier, it would bring the deleted object back (S3 API reference, LifecycleExpiration).',
  bad: `
procedures:
  care:
    title: Care for the bucket
    steps:
      - { id: old, uses: shell.run, with: { command: "aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration '{\\"Rules\\": [{\\"ID\\": \\"a\\", \\"Status\\": \\"Enabled\\", \\"Filter\\": {}, \\"Expiration\\": {\\"Days\\": 30, \\"ExpiredObjectDeleteMarker\\": true}}]}'" } }
`,
  good: `
procedures:
  care:
    title: Care for the bucket
    steps:
      - { id: old, uses: shell.run, with: { command: "aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration '{\\"Rules\\": [{\\"ID\\": \\"a\\", \\"Status\\": \\"Enabled\\", \\"Filter\\": {}, \\"NoncurrentVersionExpiration\\": {\\"NoncurrentDays\\": 90}, \\"Expiration\\": {\\"ExpiredObjectDeleteMarker\\": true}}]}'" } }
`,
  judge: judgePlan,
};

function judgePlan(plan: Plan, facts: CheckFacts): readonly Complaint[] {
  const calls = sequencesOf(plan, facts).flatMap((one) => callsOf(one, 's3api put-bucket-lifecycle-configuration'));
  return calls.flatMap((call) => {
    const input = awsInput(call.aws, 'lifecycle-configuration', call.script);
    const rules = (input?.value as { Rules?: unknown } | undefined)?.Rules;
    if (!input || !Array.isArray(rules)) return [];
    return rules.flatMap((rule: { Expiration?: Record<string, unknown> } | null): readonly Complaint[] => {
      const expiration = rule?.Expiration ?? {};
      const given = ['Days', 'Date'].find((field) => Object.hasOwn(expiration, field));
      if (given === undefined || !Object.hasOwn(expiration, 'ExpiredObjectDeleteMarker')) return [];
      return [
        about(call, {
          at: input.at + Math.max(0, input.text.indexOf('"ExpiredObjectDeleteMarker"')),
          message: `delete markers cannot be given an age: S3 refuses ExpiredObjectDeleteMarker beside ${given} (${String(expiration[given])}), and removes a marker only when no version is left below it`,
          hint: 'Let versions end with NoncurrentVersionExpiration, and leave ExpiredObjectDeleteMarker alone in an Expiration of its own.',
        }),
      ];
    });
  });
}
