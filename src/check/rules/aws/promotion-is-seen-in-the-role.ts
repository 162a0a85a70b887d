import type { Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callName, callsOf, mayBeSame, type PlacedCall } from '../../runbooks/aws-calls.ts';
import { commandsAfter, type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** An instance is available before, during the first moments of, and after a promotion. */
export const promotionIsSeenInTheRole: Rule = {
  id: 'promotion-is-seen-in-the-role',
  level: 'warning',
  title: 'After a promotion one looks at the role, not only at the status',
  why: 'A replica is "available" when the request is taken, and for a while after it: a waiter for db-instance-available may end before the promotion has begun, and the application writes to a server that still only reads. A promoted one has no source any more, and is not in recovery (RDS API reference, PromoteReadReplica and DBInstance, ReadReplicaSourceDBInstanceIdentifier).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: promote, uses: shell.run, with: { command: "aws rds promote-read-replica --db-instance-identifier standby\\naws rds wait db-instance-available --db-instance-identifier standby" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: promote, uses: shell.run, with: { command: "aws rds promote-read-replica --db-instance-identifier standby\\nuntil [ \\"$(aws rds describe-db-instances --db-instance-identifier standby --query 'DBInstances[0].ReadReplicaSourceDBInstanceIdentifier' --output text)\\" = None ]; do sleep 10; done\\naws rds wait db-instance-available --db-instance-identifier standby" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

const OWN = ['db-instance-identifier'];

const judgeSequence = (sequence: Sequence): readonly Complaint[] =>
  callsOf(sequence, 'rds promote-read-replica').flatMap((promotion): readonly Complaint[] => {
    const after = commandsAfter(sequence, promotion);
    const wait = after.find(
      (one): one is PlacedCall =>
        one.aws !== undefined &&
        callName(one.aws) === 'rds wait db-instance-available' &&
        mayBeSame(promotion, OWN, one as PlacedCall, OWN),
    );
    if (!wait || after.some(({ command }) => command.words.some(({ value }) => ROLE.test(value)))) return [];
    return [
      about(wait, {
        message:
          'the replica is available before its promotion begins: this wait may end at once, and what follows writes to a server that still only reads',
        hint: 'Wait until ReadReplicaSourceDBInstanceIdentifier is empty, or SELECT pg_is_in_recovery() says false; rds.promote_replica does.',
        related: [{ path: promotion.path, within: promotion.command.at, message: 'the promotion' }],
      }),
    ];
  });

const ROLE = /ReadReplicaSource|pg_is_in_recovery|StatusInfos|read_only/i;
