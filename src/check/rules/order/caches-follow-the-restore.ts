import type { Plan, Scenario } from '../../../model/plan.ts';
import { lostComponents } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type Operation, whereIs, wordsOf } from '../../runbooks/acts.ts';
import { isAboutDamage, isRestore } from '../../runbooks/restores.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** What was read from the database before still says what was there before. */
export const cachesFollowTheRestore: Rule = {
  id: 'caches-follow-the-restore',
  level: 'warning',
  title: 'After a database goes back in time, caches and search indexes follow',
  why: 'A cache and a search index are filled from the database and know nothing of its restore. They go on showing orders and accounts that are not there any more, and what the application writes by what they say is wrong again.',
  bad: `
components:
  sessions: { kind: cache, domain: machine, stateless: true, objectives: { rto: 1h, rpo: 1h } }
scenarios:
  loss:
    title: Data was deleted
    loses: [database]
    inputs: { at: { describe: The moment to go back to } }
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database, to: "\${{ inputs.at }}" }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
components:
  sessions: { kind: cache, domain: machine, stateless: true, objectives: { rto: 1h, rpo: 1h } }
scenarios:
  loss:
    title: Data was deleted
    loses: [database]
    inputs: { at: { describe: The moment to go back to } }
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database, to: "\${{ inputs.at }}" }, approve: { role: keeper, within: 10m } }
      - { id: empty, uses: shell.run, with: { command: redis-cli -h sessions FLUSHALL }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

function judgeSequence(plan: Plan, sequence: Sequence): readonly Complaint[] {
  const { scenario } = sequence;
  if (!scenario) return [];
  const restore = sequence.operations.find((one) => goesBack(one, scenario));
  if (!restore) return [];
  const lost = lostComponents(plan, scenario);
  const kept = Object.entries(plan.components).filter(
    ([name, { kind }]) => (kind === 'cache' || kind === 'search') && !lost.includes(name),
  );
  const left = kept.filter(
    ([name]) =>
      !sequence.steps.some((placed) => isAbout(placed.step.with.component, name) || NAMES.test(wordsOf(placed))),
  );
  const [first] = left;
  if (!first) return [];
  const names = left
    .map(([name, { kind }]) => `${name} (${kind === 'search' ? 'search index' : 'cache'})`)
    .join(' and ');
  return [
    {
      ...whereIs(restore),
      message: `${names} ${left.length > 1 ? 'keep' : 'keeps'} what was read before the restore, and no step empties or rebuilds ${left.length > 1 ? 'them' : 'it'}`,
      hint: 'Empty the cache and build the index again, after the restore and before customers are let in.',
      related: left.map(([name]) => ({ path: ['components', name], message: `${name} is filled from the database` })),
    },
  ];
}

/** A server that is restored as far as its log goes is where it was. One that is to be older than that, or is a snapshot, is not. */
function goesBack({ name, placed: { step }, command }: Operation, scenario: Scenario): boolean {
  if (!isRestore(name) || name === 'postgres.restore_side') return false;
  const moment = step.with.to ?? step.with.at ?? 'latest';
  return command !== undefined || name === 'rds.restore_snapshot' || (moment !== 'latest' && isAboutDamage(scenario));
}

const isAbout = (component: unknown, name: string): boolean => component === name;
const NAMES = /\b(caches?|redis(-cli)?|memcached|flush(all|db)?|reindex|search (index|again)|invalidat\w*)\b/i;
