import type { Component, Plan } from '../../../model/plan.ts';
import { lostComponents } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callsOf, mayBeSame, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** What serves after the recovery must bear the next loss. */
export const restoredInstanceIsAsStrong: Rule = {
  id: 'restored-instance-is-as-strong',
  level: 'warning',
  title: 'A restored RDS instance gets the settings and the standby of the old one',
  why: 'A restore takes the data, not the settings: the new instance has the default parameter group, no standby in another zone, and no deletion protection, unless the call says so (RDS API reference, RestoreDBInstanceFromDBSnapshot and RestoreDBInstanceToPointInTime). An instance that is only looked at needs none of it; one that takes the place of the old one does.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $ID --vpc-security-group-ids $SG" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $ID --vpc-security-group-ids $SG --db-parameter-group-name shop" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

const RESTORES = ['rds restore-db-instance-from-db-snapshot', 'rds restore-db-instance-to-point-in-time'];
const NEW_NAME = ['db-instance-identifier', 'target-db-instance-identifier'];

/** What a procedure beside the scenarios restores is for looking at. */
function judgeSequence(plan: Plan, sequence: Sequence): readonly Complaint[] {
  if (!sequence.scenario || sequence.steps.some(({ step }) => /^(aws\.)?rds\.protect$/.test(step.uses))) return [];
  const doubled = lostComponents(plan, sequence.scenario).find((name) => hasStandby(plan.components[name]));
  return callsOf(sequence, ...RESTORES).flatMap((restore): readonly Complaint[] => {
    const lacks = [
      ...(isGiven('db-parameter-group-name', restore, sequence) ? [] : ['the default parameter group']),
      ...(doubled === undefined || isGiven('multi-az', restore, sequence) ? [] : [`no standby, which ${doubled} has`]),
    ];
    if (lacks.length === 0 || restore.aws.has('cli-input-json')) return [];
    const multi = lacks.length > 1 || doubled === undefined ? '' : '--multi-az, ';
    return [
      about(restore, {
        message: `the new instance has ${lacks.join(' and ')}, and nothing later changes that`,
        hint: `Give ${isGiven('db-parameter-group-name', restore, sequence) ? multi : `--db-parameter-group-name, ${doubled === undefined ? '' : '--multi-az, '}`}--deletion-protection, or modify it before it serves (rds.restore_snapshot takes them from the plan).`,
      }),
    ];
  });
}

const isGiven = (option: string, restore: PlacedCall, sequence: Sequence): boolean =>
  [
    restore,
    ...callsOf(sequence, 'rds modify-db-instance').filter((later) => mayBeSame(restore, NEW_NAME, later, NEW_NAME)),
  ].some(({ aws }) =>
    aws.command.words.some(({ value }) => value === `--${option}` || value.startsWith(`--${option}=`)),
  );

const hasStandby = (component: Component | undefined): boolean =>
  component !== undefined &&
  (component.backups.some(({ method }) => method === 'rds.multi_az') ||
    /\bmulti-?az\b/i.test(component.technology ?? ''));
