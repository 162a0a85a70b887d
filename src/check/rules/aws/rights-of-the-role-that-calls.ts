import type { Plan } from '../../../model/plan.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** The rights of another role explain nothing. */
export const rightsOfTheRoleThatCalls: Rule = {
  id: 'rights-of-the-role-that-calls',
  level: 'warning',
  title: 'When access is refused, the role that calls is looked at, with all of its policies',
  why: 'ECS uses the task execution role to fetch images, secrets and to write logs; what the application calls it calls with the task role (ECS documentation, IAM roles). GetRolePolicy and ListRolePolicies show policies inside the role only; attached ones are listed by ListAttachedRolePolicies (IAM API reference).',
  bad: `
components: { files: { kind: bucket, domain: machine, objectives: { rto: 1h, rpo: 24h }, backups: [{ method: s3.copy, every: 24h, copies: [{ domain: cellar }] }] } }
scenarios:
  loss:
    loses: [database, api, files]
    steps:
      - { id: rights, uses: shell.run, with: { command: aws iam get-role-policy --role-name ecsTaskExecutionRole --policy-name files } }
`,
  good: `
components: { files: { kind: bucket, domain: machine, objectives: { rto: 1h, rpo: 24h }, backups: [{ method: s3.copy, every: 24h, copies: [{ domain: cellar }] }] } }
scenarios:
  loss:
    loses: [database, api, files]
    steps:
      - id: rights
        uses: shell.run
        with: { command: "aws iam list-role-policies --role-name shop-task\\naws iam list-attached-role-policies --role-name shop-task" }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) =>
      sequence.scenario === undefined
        ? []
        : sequence.acts.flatMap((act) => [...wrongRole(act, sequence, plan), ...halfOfThePolicies(act, sequence)]),
    ),
};

function wrongRole(act: Act, sequence: Sequence, plan: Plan): readonly Complaint[] {
  const call = act.command && awsCall(act.command);
  const role = call?.service === 'iam' ? call.get('role-name') : undefined;
  if (role === undefined || !/task[-_]?execution/i.test(role) || !/^(get|list)-/.test(call?.operation ?? '')) return [];
  const used = usedByTheApplication(sequence, plan);
  if (used === undefined || asksForTheTaskRole(sequence)) return [];
  return [
    about(act, {
      message: `${role} is the role with which ECS starts tasks; the application asks ${used} with the task role, so this look cannot show why it is refused`,
      hint: "Read taskRoleArn with aws ecs describe-task-definition, and look at that role's policies, or simulate: aws iam simulate-principal-policy.",
    }),
  ];
}

/** What the trouble is about, when it is something only the application itself calls. */
function usedByTheApplication({ scenario, acts }: Sequence, { components }: Plan): string | undefined {
  const lost = scenario?.loses.find((name) => /^(bucket|queue|search|cache)$/.test(components[name]?.kind ?? ''));
  const called = acts
    .map(({ command }) => command && awsCall(command))
    .find((call) => CALLED.test(call?.service ?? ''));
  return lost ?? called?.service;
}

const CALLED = /^(s3|s3api|sqs|sns|dynamodb|kinesis)$/;

const asksForTheTaskRole = ({ acts }: Sequence): boolean =>
  acts.some(({ command }) => command?.words.some(({ value }) => /taskRoleArn/.test(value)));

/** A policy that is kept in a file or variable is copied, not looked at. */
function halfOfThePolicies(act: Act, { acts }: Sequence): readonly Complaint[] {
  const call = act.command && awsCall(act.command);
  const isHalf = call?.service === 'iam' && /^(get-role-policy|list-role-policies)$/.test(call.operation);
  if (!isHalf || act.command?.keptIn !== undefined || act.command?.redirects.length) return [];
  const other = acts.some(({ command }) => WHOLE.test((command && awsCall(command)?.operation) ?? ''));
  if (other || acts.some(({ name }) => name === 'iam.explain_access')) return [];
  return [
    about(act, {
      message: `iam ${call.operation} shows policies inside the role only: rights that come from an attached policy look as if they were missing`,
      hint: 'Look at both: add aws iam list-attached-role-policies, or ask aws iam simulate-principal-policy.',
    }),
  ];
}

const WHOLE = /^(list-attached-role-policies|simulate-principal-policy|get-account-authorization-details)$/;
