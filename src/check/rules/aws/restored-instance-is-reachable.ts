import type { Plan } from '../../../model/plan.ts';
import { lostComponents } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callsOf, mayBeSame, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** A database that nobody reaches does not serve. */
export const restoredInstanceIsReachable: Rule = {
  id: 'restored-instance-is-reachable',
  level: 'warning',
  title: 'A restored RDS instance is put into the network of the old one',
  why: 'A restore makes a new instance with the default security group and, unless one is named, the default subnet group: what the application was allowed to reach is not asked for (RDS API reference, RestoreDBInstanceFromDBSnapshot and RestoreDBInstanceToPointInTime). It is an error when the plan itself names the groups that are left out.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $ID" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $ID --db-subnet-group-name shop --vpc-security-group-ids sg-0123456789abcdef0" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

const RESTORES = [
  'rds restore-db-instance-from-db-snapshot',
  'rds restore-db-instance-to-point-in-time',
  'rds restore-db-cluster-from-snapshot',
  'rds restore-db-cluster-to-point-in-time',
];
const NEW_NAME = ['db-instance-identifier', 'target-db-instance-identifier', 'db-cluster-identifier'];
const GROUPS: readonly (readonly [string, string])[] = [
  ['vpc-security-group-ids', 'security group'],
  ['db-subnet-group-name', 'subnet group'],
];

/** What a procedure beside the scenarios restores is for looking at. */
function judgeSequence(plan: Plan, sequence: Sequence): readonly Complaint[] {
  if (!sequence.scenario) return [];
  const named = namedGroups(plan, sequence);
  return callsOf(sequence, ...RESTORES).flatMap((restore): readonly Complaint[] => {
    const missing = GROUPS.filter(([option]) => !isGiven(option, restore, sequence));
    if (!missing.some(([option]) => option === 'vpc-security-group-ids') || takesOpenWords(restore)) return [];
    const groups = missing.map(([, what]) => what).join(' and ');
    const options = missing.map(([option]) => `--${option}`).join(' and ');
    return [
      about(restore, {
        ...(named ? { level: 'error' as const } : {}),
        message: `the new instance gets the default ${groups}${named ? `, not ${named}` : ''}: the application reaches it only where these let it in`,
        hint: `Give ${options} of the lost instance, read from the plan or from the infrastructure code.`,
      }),
    ];
  });
}

const isGiven = (option: string, restore: PlacedCall, sequence: Sequence): boolean =>
  restore.aws.has(option) ||
  callsOf(sequence, 'rds modify-db-instance', 'rds modify-db-cluster').some(
    (later) => later.aws.has(option) && mayBeSame(restore, NEW_NAME, later, NEW_NAME),
  );

/** `$OPTIONS`: what stands in it is not known. */
const takesOpenWords = ({ aws, script }: PlacedCall): boolean =>
  aws.has('cli-input-json') ||
  aws.has('cli-input-yaml') ||
  aws.command.words.some(
    ({ value, at }) => /^\$\{?[A-Z_]*(OPT|ARGS|NETWORK|PARAM)/i.test(value) && script.text.startsWith(value, at),
  );

/** The groups that the plan names for what is lost. */
function namedGroups(plan: Plan, { scenario }: Sequence): string | undefined {
  const lost = scenario ? lostComponents(plan, scenario) : [];
  const ids = lost.flatMap((name) => Object.entries(plan.components[name]?.ids ?? {}));
  return ids.find(([key, value]) => /security[_ -]?group/i.test(key) || /^sg-[0-9a-f]+$/.test(value))?.[1];
}
