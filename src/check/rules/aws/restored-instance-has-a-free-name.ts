import type { Plan } from '../../../model/plan.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callsOf, fixedValue, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** The second restore meets the first. */
export const restoredInstanceHasAFreeName: Rule = {
  id: 'restored-instance-has-a-free-name',
  level: 'warning',
  title: 'Two restores of a plan do not make instances of one name',
  why: 'The name of an RDS instance is unique in an account and region: a restore to a name that a drill or an earlier recovery has left there ends with DBInstanceAlreadyExists (RDS API reference, RestoreDBInstanceFromDBSnapshot).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier shop-restored --db-snapshot-identifier $ID" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
procedures:
  look:
    title: Look at an older day
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier shop --target-db-instance-identifier shop-restored --restore-time $T" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier shop-$RUN --db-snapshot-identifier $ID" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
procedures:
  look:
    title: Look at an older day
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier shop --target-db-instance-identifier shop-$RUN --restore-time $T" } }
`,
  judge: judgePlan,
};

const RESTORES = ['rds restore-db-instance-from-db-snapshot', 'rds restore-db-instance-to-point-in-time'];

function judgePlan(plan: Plan, facts: CheckFacts): readonly Complaint[] {
  const sequences = sequencesOf(plan, facts);
  const gone = new Set(
    sequences
      .flatMap((one) => callsOf(one, 'rds delete-db-instance'))
      .flatMap((one) => fixedValue(one, 'db-instance-identifier') ?? []),
  );
  const restores = onceEach(sequences.flatMap((one) => callsOf(one, ...RESTORES)));
  return restores.flatMap((restore, index): readonly Complaint[] => {
    const name = newName(restore);
    const earlier = restores
      .slice(0, index)
      .find((other) => newName(other) === name && other.placed.step !== restore.placed.step);
    if (name === undefined || !earlier || gone.has(name)) return [];
    return [
      about(restore, {
        message: `${name} is made here and by "${earlier.placed.step.id}" elsewhere, and nothing removes it: the second of the two ends with DBInstanceAlreadyExists`,
        hint: `Give each run a name of its own: ${name}-$(date -u +%Y%m%d-%H%M%S), kept in a variable.`,
        related: [{ path: earlier.path, within: earlier.command.at, message: `makes ${name} as well` }],
      }),
    ];
  });
}

const newName = (one: PlacedCall): string | undefined =>
  fixedValue(
    one,
    ...(one.aws.operation.endsWith('point-in-time') ? ['target-db-instance-identifier'] : ['db-instance-identifier']),
  );

/** A procedure that several scenarios use is written once. */
const onceEach = (calls: readonly PlacedCall[]): readonly PlacedCall[] => [
  ...new Map(calls.map((one) => [`${one.path.join('/')} ${one.command.at}`, one])).values(),
];
