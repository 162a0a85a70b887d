import type { Plan } from '../../../model/plan.ts';
import { postgresConnection } from '../../../shell/programs/postgres.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { whereIs } from '../../runbooks/acts.ts';
import { isAboutDamage, isRdsRestore, isRepointing } from '../../runbooks/restores.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Whoever shares a server shares its restore. */
export const otherDatabasesStayAsTheyAre: Rule = {
  id: 'other-databases-stay-as-they-are',
  level: 'error',
  title: 'Repairing one database does not take its neighbours back in time',
  why: 'A snapshot and a recovery to a moment bring back a whole server, with all databases on it. When the applications are then pointed at it, the databases that were in order lose everything written since that moment as well (RDS User Guide, restoring from a DB snapshot).',
  bad: `
components:
  orders:
    kind: database
    technology: RDS PostgreSQL
    domain: machine
    ids: { databases: "shop_a, shop_b" }
    objectives: { rto: 1h, rpo: 24h }
    backups: [{ method: rds.automated, every: 6h, takes: 10m, copies: [{ domain: cellar }] }]
scenarios:
  loss:
    title: Data was deleted by mistake
    loses: [orders]
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $SNAPSHOT } }
      - { id: look, uses: shell.run, with: { command: 'psql -h new -d shop_a -c "SELECT count(*) FROM orders"' } }
      - { id: point, uses: shell.run, with: { command: aws secretsmanager update-secret --secret-id db --secret-string file://new.json } }
`,
  good: `
components:
  orders:
    kind: database
    technology: RDS PostgreSQL
    domain: machine
    ids: { databases: "shop_a, shop_b" }
    objectives: { rto: 1h, rpo: 24h }
    backups: [{ method: rds.automated, every: 6h, takes: 10m, copies: [{ domain: cellar }] }]
scenarios:
  loss:
    title: Data was deleted by mistake
    loses: [orders]
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier side --db-snapshot-identifier $SNAPSHOT } }
      - { id: take, uses: shell.run, with: { command: pg_dump -Fc -h side -f a.dump shop_a } }
      - { id: load, uses: shell.run, with: { command: pg_restore -h prod -d shop_a_new a.dump } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

function judgeSequence(plan: Plan, sequence: Sequence): readonly Complaint[] {
  const { scenario } = sequence;
  if (!scenario || !isAboutDamage(scenario)) return [];
  const restore = sequence.operations.find(({ name }) => isRdsRestore(name));
  const repoint =
    restore && sequence.operations.find((one) => isRepointing(one.name) && sequence.happensAfter(one, restore));
  if (!restore || !repoint) return [];
  return scenario.loses.flatMap((name) => {
    const databases = databasesOf(plan, name);
    const looked = new Set(sequence.commands.flatMap(({ command }) => postgresConnection(command)?.database ?? []));
    const left = databases.filter((one) => !looked.has(one));
    // Who looks at none of them by a command may look at all of them in another way.
    if (databases.length < 2 || left.length === 0 || left.length === databases.length) return [];
    return [
      {
        ...whereIs(repoint),
        message: `${name} also holds ${left.join(' and ')}: from here on these are as old as the copy, and no step looks at them`,
        hint: 'Take only the damaged database out of the restored server, and load it into the running one.',
        related: [{ path: ['components', name, 'ids'], message: `the databases of ${name}` }],
      },
    ];
  });
}

/** A server that the plan says to hold several databases. */
const databasesOf = ({ components }: Plan, name: string): readonly string[] =>
  Object.hasOwn(components, name)
    ? (components[name]?.ids.databases ?? '').split(/[\s,]+/).filter((one) => one !== '')
    : [];
