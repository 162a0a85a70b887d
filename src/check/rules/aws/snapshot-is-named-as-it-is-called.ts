import type { Plan } from '../../../model/plan.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callName, callsOf, fixedValue, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** A snapshot has the name it was made with. */
export const snapshotIsNamedAsItIsCalled: Rule = {
  id: 'snapshot-is-named-as-it-is-called',
  level: 'error',
  title: 'A restore names a snapshot that can exist, not "latest"',
  why: 'RDS and ElastiCache know no alias for the newest snapshot: an identifier is the exact name with which the snapshot was made, and the names of automated ones hold their time. A restore from "latest" ends with DBSnapshotNotFound (RDS API reference, RestoreDBInstanceFromDBSnapshot).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier shop-latest" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier \\"$NEWEST\\"" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: judgePlan,
};

const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'rds restore-db-instance-from-db-snapshot': ['db-snapshot-identifier', 'db-cluster-snapshot-identifier'],
  'rds restore-db-cluster-from-snapshot': ['snapshot-identifier'],
  'rds copy-db-snapshot': ['source-db-snapshot-identifier'],
  'elasticache create-replication-group': ['snapshot-name'],
};
const MADE: Readonly<Record<string, string>> = {
  'rds create-db-snapshot': 'db-snapshot-identifier',
  'rds create-db-cluster-snapshot': 'db-cluster-snapshot-identifier',
  'rds copy-db-snapshot': 'target-db-snapshot-identifier',
  'elasticache create-snapshot': 'snapshot-name',
};

function judgePlan(plan: Plan, facts: CheckFacts): readonly Complaint[] {
  const calls = sequencesOf(plan, facts).flatMap((sequence) => callsOf(sequence));
  const made = new Set(calls.flatMap((one) => fixedValue(one, MADE[callName(one.aws)] ?? '-') ?? []));
  return calls.flatMap((one) => {
    const name = fixedValue(one, ...(SOURCES[callName(one.aws)] ?? ['-']));
    return name !== undefined && isAlias(name) && !made.has(nameIn(name)) ? [complain(one, nameIn(name))] : [];
  });
}

const complain = (one: PlacedCall, name: string): Complaint =>
  about(one, {
    message: `no snapshot is called ${name} unless somebody made one of that name: AWS has no alias for the newest, and the restore ends with "not found"`,
    hint: "Look up the newest one (describe-db-snapshots, sorted by SnapshotCreateTime, Status 'available') and restore what was found.",
  });

/** Of an ARN the part behind `snapshot:`. */
const nameIn = (id: string): string => id.replace(/^arn:.*:(cluster-)?snapshot:/, '');

const isAlias = (id: string): boolean => /(^|[-_.:])(latest|newest|most-recent)([-_.]|$)/i.test(nameIn(id));
