import { nearestOf } from '../../../lib/nearest.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { awsShape, type Shape } from '../../../shell/programs/aws-fields.ts';
import { type AwsInput, awsInput } from '../../../shell/programs/aws-input.ts';
import { judgeCommands, type Remark } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** Field names are case-sensitive, and nothing is done when one is wrong. */
export const awsKnowsItsFields: Rule = {
  id: 'aws-knows-its-fields',
  level: 'error',
  title: 'The fields of a JSON input are those that AWS knows',
  why: 'The AWS command line compares a structure with the model of the operation before it sends it, capital letters included, and ends with "Unknown parameter in input" (models of botocore 1.43 for lifecycle, versioning, replication and DNS changes).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: keep, uses: shell.run, with: { command: "aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration '{\\"Rules\\": [{\\"Id\\": \\"old\\", \\"Status\\": \\"Enabled\\"}]}'" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: keep, uses: shell.run, with: { command: "aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration '{\\"Rules\\": [{\\"ID\\": \\"old\\", \\"Status\\": \\"Enabled\\"}]}'" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command, { script }) => {
      const call = awsCall(command);
      if (!call) return [];
      const { service, operation } = call;
      return INPUTS.flatMap((option) => {
        const shape = awsShape(service, operation, option);
        const input = shape && awsInput(call, option, script);
        return input ? unknownFields(input, shape, `aws ${service} ${operation}`) : [];
      });
    }),
};

const INPUTS = [
  'lifecycle-configuration',
  'replication-configuration',
  'versioning-configuration',
  'delete',
  'restore-request',
  'change-batch',
];

function unknownFields(input: AwsInput, shape: Shape, said: string): readonly Remark[] {
  return [...new Set(strangers(input.value, shape))].map((found): Remark => {
    const [field, ...known] = found.split('\n') as [string, ...string[]];
    const misspelt = known.find((one) => one.toLowerCase() === field.toLowerCase());
    const meant = misspelt ?? nearestOf(field, known);
    const inText = Math.max(0, input.text.indexOf(`"${field}"`));
    return {
      at: input.at + inText,
      // Tables grow old: what they do not know may be new.
      level: misspelt === undefined ? 'warning' : 'error',
      message: `${said} knows no field ${field}: it ends with "Unknown parameter in input", and nothing is done`,
      hint: meant === undefined ? `It knows ${known.join(', ')}.` : `Write ${meant}.`,
    };
  });
}

/** The fields that the shape does not have, each with those it has. */
function strangers(value: unknown, shape: Shape): readonly string[] {
  if (shape === 'value' || value === null || typeof value !== 'object') return [];
  if (Array.isArray(shape)) return Array.isArray(value) ? value.flatMap((one) => strangers(one, shape[0])) : [];
  const fields = shape as { readonly [field: string]: Shape };
  return Object.entries(value).flatMap(([name, inner]) =>
    Object.hasOwn(fields, name) ? strangers(inner, fields[name] as Shape) : [[name, ...Object.keys(fields)].join('\n')],
  );
}
