import type { Plan } from '../../../model/plan.ts';
import { isLost } from '../../losses.ts';
import type { Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Two servers that both take orders have two truths. */
export const oldPrimaryIsFenced: Rule = {
  id: 'old-primary-is-fenced',
  level: 'warning',
  title: 'Before a replica is promoted, the old primary is made to take no writes',
  why: 'Promoting a replica does not stop the primary (RDS documentation, promoting a read replica; PostgreSQL documentation, failover). Whoever still reaches it, or reaches it again when the region returns, writes to it: two databases differ, and nobody can join them again.',
  bad: `
scenarios:
  loss:
    loses: [api]
    steps:
      - { id: promote, uses: shell.run, with: { command: aws rds promote-read-replica --db-instance-identifier shop-replica } }
`,
  good: `
scenarios:
  loss:
    loses: [api]
    steps:
      - { id: fence, title: Fence the old primary, uses: human.task, with: { instruction: Close its security group to every client. } }
      - { id: promote, uses: shell.run, with: { command: aws rds promote-read-replica --db-instance-identifier shop-replica } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) => {
      const promote = sequence.acts.find(({ name = '' }) => PROMOTES.test(name));
      if (!promote || !sequence.scenario || sequence.before(promote).some(fences)) return [];
      const alive = primaryThatLives(plan, sequence);
      const state = alive
        ? `${sequence.name} has not lost ${alive}, which goes on taking writes`
        : 'the old primary takes writes again as soon as it can be reached';
      return [
        about(promote, {
          ...(alive ? { level: 'error' as const } : {}),
          message: `"${promote.placed.step.id}" promotes the replica, and nothing closes the old primary before: ${state}, and the two drift apart`,
          hint: 'First take every client from the old primary (security group, password, stop), or record that it cannot be reached and who closes it when it returns. Or keep it, and restore what has failed.',
        }),
      ];
    }),
};

const PROMOTES = /^(rds|replica|postgres)\.promote/;

/** An action that closes it, a command that stops it, or a person who is told to. */
const fences = ({ name = '', command, placed }: Act): boolean =>
  /\.fence|\.(close|stop)_database|^rds\.stop/.test(name) ||
  (command === undefined
    ? FENCES.test(`${placed.step.id} ${placed.step.title ?? ''} ${String(placed.step.with.instruction ?? '')}`)
    : /stop-db-instance|revoke-security-group-ingress|switchover-read-replica/.test(command.words[2]?.value ?? ''));

const FENCES = /\bfenc\w*|\b(stop|close|isolate|shut|block|read-only)\b.*\b(primary|old|database|writes?|writers?)\b/i;

/** A database that this scenario has not lost, and that has a replica; undefined when it is lost or not known. */
function primaryThatLives({ components }: Plan, { scenario }: Sequence): string | undefined {
  const lost = scenario?.loses ?? [];
  const domains = scenario?.loses_domains ?? [];
  return Object.entries(components).find(
    ([name, { kind, backups, domain }]) =>
      /^(database|postgres)$/.test(kind) &&
      backups.some(({ method }) => /replica$/.test(method)) &&
      !lost.includes(name) &&
      !isLost(domain, domains),
  )?.[0];
}
