import type { Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { judgeActs } from '../../runbooks/sequences.ts';

/** What the replica has not yet received is lost at that moment. */
export const lagIsReadBeforePromotion: Rule = {
  id: 'lag-is-read-before-promotion',
  level: 'warning',
  title: 'Before a replica is promoted, somebody reads how far it is behind',
  why: 'Replication between regions is asynchronous, and promotion ends it: whatever was not received by then is gone for good (RDS documentation, read replicas in another region). The lag is the loss, and afterwards nobody can read it any more.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: promote, uses: shell.run, with: { command: aws rds promote-read-replica --db-instance-identifier shop-replica --region us-west-2 } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: lag, title: Read the lag of the replica, uses: human.task, with: { instruction: Read ReplicaLag and compare it with the RPO. } }
      - { id: promote, uses: shell.run, with: { command: aws rds promote-read-replica --db-instance-identifier shop-replica --region us-west-2 } }
`,
  judge: (plan, facts) =>
    judgeActs(plan, facts, (act, { before, scenario }) => {
      const isPromotion = /^(rds\.promote_replica|replica\.promote|postgres\.promote)$/.test(act.name ?? '');
      if (!isPromotion || !scenario || before(act).some(readsLag)) return [];
      return [
        about(act, {
          message: `"${act.placed.step.id}" promotes the replica, and no step before it reads how far it is behind: how much is lost nobody knows, before or after`,
          hint: 'Read ReplicaLag (or now() - pg_last_xact_replay_timestamp()) first, compare it with the RPO, and let somebody approve the loss.',
        }),
      ];
    }),
};

/** Building a replica ends when it has caught up. */
const readsLag = ({ name = '', command, placed }: Act): boolean =>
  /lag|read_position|\.create_replica|^replica\.rebuild/.test(name) ||
  (command
    ? command.words.some(({ value }) =>
        /ReplicaLag|replay_timestamp|replay_lsn|pg_stat_replication|replay_lag/i.test(value),
      )
    : /\blag\b|\bbehind\b/i.test(
        `${placed.step.id} ${placed.step.title ?? ''} ${String(placed.step.with.instruction ?? '')}`,
      ));
