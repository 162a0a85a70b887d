import type { Plan } from '../../../model/plan.ts';
import { awsInput } from '../../../shell/programs/aws-input.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callsOf } from '../../runbooks/aws-calls.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** What is only moved is kept for ever. */
export const lifecycleEndsSomewhere: Rule = {
  id: 'lifecycle-ends-somewhere',
  level: 'warning',
  title: 'A lifecycle says when old versions end, and clears uploads that broke off',
  why: 'A transition moves old versions to cheaper storage and never removes one; parts of an upload that broke off are invisible and stay as well. Both are paid for without end, and how long data is kept is said nowhere (S3 user guide, lifecycle configuration elements).',
  bad: `
procedures:
  care:
    title: Care for the bucket
    steps:
      - { id: old, uses: shell.run, with: { command: "aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration '{\\"Rules\\": [{\\"ID\\": \\"a\\", \\"Status\\": \\"Enabled\\", \\"Filter\\": {}, \\"NoncurrentVersionTransitions\\": [{\\"NoncurrentDays\\": 30, \\"StorageClass\\": \\"GLACIER_IR\\"}]}]}'" } }
`,
  good: `
procedures:
  care:
    title: Care for the bucket
    steps:
      - { id: old, uses: shell.run, with: { command: "aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration '{\\"Rules\\": [{\\"ID\\": \\"a\\", \\"Status\\": \\"Enabled\\", \\"Filter\\": {}, \\"NoncurrentVersionTransitions\\": [{\\"NoncurrentDays\\": 30, \\"StorageClass\\": \\"GLACIER_IR\\"}], \\"NoncurrentVersionExpiration\\": {\\"NoncurrentDays\\": 400}, \\"AbortIncompleteMultipartUpload\\": {\\"DaysAfterInitiation\\": 7}}]}'" } }
`,
  judge: judgePlan,
};

const MOVES = 'NoncurrentVersionTransitions';
const ENDS = 'NoncurrentVersionExpiration';
const CLEARS = 'AbortIncompleteMultipartUpload';

function judgePlan(plan: Plan, facts: CheckFacts): readonly Complaint[] {
  const calls = sequencesOf(plan, facts).flatMap((one) => callsOf(one, 's3api put-bucket-lifecycle-configuration'));
  return calls.flatMap((call): readonly Complaint[] => {
    const input = awsInput(call.aws, 'lifecycle-configuration', call.script);
    const rules = rulesIn(input?.value);
    const has = (field: string): boolean => rules.some((rule) => Object.hasOwn(rule, field));
    if (!input || !has(MOVES) || has(ENDS)) return [];
    const uploads = has(CLEARS) ? '' : '; uploads that broke off stay for ever, too';
    return [
      about(call, {
        at: input.at + Math.max(0, input.text.indexOf(`"${MOVES}"`)),
        message: `old versions are moved to cheaper storage and never removed: they are kept and paid for without end${uploads}`,
        hint: `Add ${has(CLEARS) ? ENDS : `${ENDS} and ${CLEARS}`}, and say in the plan how long versions are kept (keep).`,
      }),
    ];
  });
}

const rulesIn = (value: unknown): readonly object[] => {
  const rules = (value as { Rules?: unknown } | undefined)?.Rules;
  return Array.isArray(rules) ? rules.filter((rule) => typeof rule === 'object' && rule !== null) : [];
};
