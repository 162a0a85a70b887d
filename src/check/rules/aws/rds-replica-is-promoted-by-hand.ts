import type { Component } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { textsIn } from '../../texts.ts';

/** Nobody comes to promote it. */
export const rdsReplicaIsPromotedByHand: Rule = {
  id: 'rds-replica-is-promoted-by-hand',
  level: 'warning',
  title: 'An RDS read replica is not said to promote itself',
  why: 'RDS never promotes a read replica of an instance by itself, in the same region or another: somebody calls PromoteReadReplica. Automatic failover exists within a Multi-AZ deployment and inside an Aurora cluster (RDS user guide, working with read replicas). A team that waits for it waits for ever.',
  bad: `
components: { standby: { kind: replica, technology: RDS read replica with auto-promotion, domain: cellar, needs: [database] } }
`,
  good: `
components: { standby: { kind: replica, technology: "RDS read replica, promoted by scenario loss", domain: cellar, needs: [database] } }
`,
  judge: ({ components }) =>
    Object.entries(components).flatMap(([name, component]) =>
      isReplica(component) ? judgeComponent(name, component) : [],
    ),
};

const judgeComponent = (name: string, component: Component): readonly Complaint[] =>
  textsIn({ title: component.title, technology: component.technology, note: component.note }, [
    'components',
    name,
  ]).flatMap(({ path, text }): readonly Complaint[] => {
    const [claim] = CLAIM.exec(text) ?? [];
    if (claim === undefined || DENIAL.test(text)) return [];
    return [
      {
        path,
        message: `${name} is said to be promoted by itself ("${claim}"): RDS never promotes a read replica, and it stays read-only until somebody does`,
        hint: 'Write who promotes it, and the step that does (rds.promote_replica), with an approval and the lag that is accepted.',
      },
    ];
  });

/** Aurora does promote its readers. */
const isReplica = ({ kind, technology = '', backups }: Component): boolean =>
  /\bRDS\b/.test(technology) &&
  !/aurora/i.test(technology) &&
  (kind === 'replica' || backups.some(({ method }) => method === 'rds.replica'));

const CLAIM =
  /\b(auto(matic(ally)?)?[- ]?promot\w*|self-promot\w*|promot\w* (itself|by itself|automatically|on its own)|automatic(ally)? (fails? ?over|failover))/i;
const DENIAL = /\b(not|never|no|nobody|without)\b/i;
