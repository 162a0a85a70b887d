import type { Plan } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type PlacedCommand, whereIs } from '../../runbooks/acts.ts';
import { databaseNames, isDataFolder, serverSwitch, setsTarget } from '../../runbooks/postgres-recovery.ts';
import { isAboutDamage } from '../../runbooks/restores.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** For the rows of one, the writes of all others are not thrown away. */
export const deletedRowsComeFromTheSide: Rule = {
  id: 'deleted-rows-come-from-the-side',
  level: 'error',
  title: 'Deleted rows are taken from a server beside production',
  why: 'Taking the production server back to a moment throws away everything that anybody wrote since, stops the product for all while it lasts, and leaves the replicas on another timeline. A second server, recovered to the moment just before, gives the rows back while production goes on (PostgreSQL documentation, timelines).',
  bad: `
scenarios:
  loss:
    title: Somebody deleted orders
    loses: [database]
    steps:
      - { id: rewind, uses: shell.run, with: { command: "systemctl stop postgresql\\ncat >> /var/lib/postgresql/data/postgresql.auto.conf <<CONF\\nrecovery_target_time = '$MOMENT'\\nCONF\\nsystemctl start postgresql" } }
`,
  good: `
scenarios:
  loss:
    title: Somebody deleted orders
    loses: [database]
    steps:
      - { id: side, uses: shell.run, with: { command: "pgbackrest --stanza=shop --pg1-path=/srv/side restore\\ncat >> /srv/side/postgresql.auto.conf <<CONF\\nrecovery_target_time = '$MOMENT'\\nCONF\\npg_ctl -D /srv/side start" } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

function judgeSequence(plan: Plan, sequence: Sequence): readonly Complaint[] {
  if (!sequence.scenario || !isAboutDamage(sequence.scenario)) return [];
  const names = databaseNames(plan);
  const rewind = sequence.commands.find((one) => setsTarget(one) && isInProduction(one, plan));
  const stop =
    rewind &&
    sequence.commands.find(
      (one) => serverSwitch(one.command, names)?.does === 'stop' && sequence.happensAfter(rewind, one),
    );
  if (!rewind || !stop) return [];
  return [
    {
      ...whereIs(stop),
      message: 'production itself is stopped and taken back in time: what anybody wrote since that moment is gone',
      hint: 'Recover a second server beside it to the moment before (postgres.restore_side), and load the rows back (postgres.extract_rows, postgres.load_rows).',
      related: [{ ...whereIs(rewind), message: 'the moment is set here' }],
    },
  ];
}

/** Whether a command writes into the usual data folder of the system, or into one that the plan names. */
function isInProduction({ command }: PlacedCommand, { components }: Plan): boolean {
  const folders = Object.values(components).flatMap(({ ids }) => Object.values(ids).filter((id) => id.startsWith('/')));
  return command.redirects.some(({ target }) => {
    const folder = target?.value.slice(0, target.value.lastIndexOf('/') + 1) ?? '';
    if (/side|restore|recover|tmp|scratch|clone/i.test(folder)) return false;
    return isDataFolder(folder) || folders.some((one) => folder.startsWith(one));
  });
}
