import { formatDuration } from '../../../lib/duration.ts';
import type { BackupMethodName, Component, Plan } from '../../../model/plan.ts';
import { bestLoss, type CopyPlace, copyPlaces } from '../../copies.ts';
import { losesComponent } from '../../losses.ts';
import { componentPromise, type Promised, scenarioPromise } from '../../promises.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** Deleting an instance takes with it what was to bring it back. */
export const automatedBackupsOutliveTheInstance: Rule = {
  id: 'automated-backups-outlive-the-instance',
  level: 'warning',
  title: 'When an RDS instance is deleted, enough is left to restore it from',
  why: 'The automated snapshots and the logs for point-in-time recovery belong to the instance: deleting it deletes them, unless whoever does it asks to retain them. Manual snapshots, copies in another region or account and replicas stay (RDS API reference, DeleteDBInstance).',
  bad: `
components: { stock: { kind: database, technology: RDS, domain: machine, objectives: { rto: 1h, rpo: 1h }, backups: [{ method: rds.point_in_time, keep: 7d }] } }
`,
  good: `
components: { stock: { kind: database, technology: RDS, domain: machine, objectives: { rto: 1h, rpo: 1h }, backups: [{ method: rds.point_in_time, keep: 7d, copies: [{ domain: machine }, { domain: cellar, lag: 5m }] }] } }
`,
  judge: (plan) =>
    Object.entries(plan.components).flatMap(([name, component]) => judgeComponent(plan, name, component)),
};

/** What goes with the instance when nothing else is said. */
const OF_THE_INSTANCE: ReadonlySet<BackupMethodName> = new Set(['rds.automated', 'rds.point_in_time']);

function judgeComponent(plan: Plan, name: string, component: Component): readonly Complaint[] {
  const places = copyPlaces(plan, name, component);
  const first = places.find((place) => goesAlong(place, component));
  const limit = first && strictest(plan, name);
  if (!first || limit === undefined) return [];
  const left = places.filter((place) => !goesAlong(place, component) && place.policy.method !== 'rds.multi_az');
  const before = bestLoss(places)?.loss ?? 0;
  const after = bestLoss(left);
  if (after && (after.loss <= limit.ms || after.loss <= before)) return [];
  const rest = after
    ? `then ${after.method} is the newest, which loses up to ${formatDuration(after.loss)}, and ${limit.text} is promised`
    : 'then nothing is left to restore from';
  return [
    {
      path: ['components', name, 'backups', component.backups.indexOf(first.policy)],
      message: `deleting the instance of ${name} deletes its automated backups: ${rest}`,
      hint: 'Turn deletion protection on, and copy the backups to another region or account (copies), or take manual snapshots as often as the RPO asks.',
    },
  ];
}

/** In the region of the instance, and not kept from being deleted. */
const goesAlong = ({ policy, domain, beside, copy }: CopyPlace, component: Component): boolean =>
  OF_THE_INSTANCE.has(policy.method) && (beside || domain === component.domain) && copy?.immutable === undefined;

/** What is promised for the component, else the least that a scenario promises which loses it. */
function strictest(plan: Plan, name: string): { readonly ms: number; readonly text: string } | undefined {
  const own = componentPromise(plan, name, 'rpo');
  const promises = own ? [own] : scenarioPromises(plan, name);
  return promises
    .flatMap((one) => (one?.limit === undefined ? [] : [{ ms: one.limit, text: one.text }]))
    .sort((a, b) => a.ms - b.ms)[0];
}

const scenarioPromises = (plan: Plan, name: string): readonly (Promised | undefined)[] =>
  Object.entries(plan.scenarios)
    .filter(([, scenario]) => scenario.kind === 'disaster' && losesComponent(plan, scenario, name))
    .map(([one]) => scenarioPromise(plan, one, 'rpo'));
