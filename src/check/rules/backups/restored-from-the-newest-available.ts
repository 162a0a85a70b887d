import { formatDuration } from '../../../lib/duration.ts';
import type { Component, Plan, Step } from '../../../model/plan.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { bestLoss, copyPlaces, MIRRORS, survives } from '../../copies.ts';
import { keepsData, lostComponents } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { operationsOf } from '../../runbooks/acts.ts';
import { methodsUsed, restoringStep } from '../../runbooks/restore-methods.ts';
import { type PlacedStep, type Runbook, runbooks } from '../../runbooks/runbook.ts';

/** A better copy helps when somebody takes it. */
export const restoredFromTheNewestAvailable: Rule = {
  id: 'restored-from-the-newest-available',
  level: 'warning',
  title: 'A runbook restores from the copy that loses least',
  why: 'A database that can be brought back to any second loses some minutes; the snapshot of last night loses the day. RDS uploads its logs every 5 minutes (RDS user guide, restoring a DB instance to a specified time). When the plan keeps the better copy, and it survives the loss, the runbook should begin with it and have the other as the second way.',
  bad: `
components: { stock: { kind: database, technology: RDS, domain: machine, objectives: { rto: 1h }, backups: [{ method: rds.automated, every: daily, takes: 10m }, { method: rds.point_in_time, keep: 7d }] } }
scenarios: { gone: { title: Gone, loses: [stock], steps: [{ id: restore, uses: rds.restore_snapshot, with: { component: stock } }] } }
`,
  good: `
components: { stock: { kind: database, technology: RDS, domain: machine, objectives: { rto: 1h }, backups: [{ method: rds.automated, every: daily, takes: 10m }, { method: rds.point_in_time, keep: 7d }] } }
scenarios: { gone: { title: Gone, loses: [stock], steps: [{ id: restore, uses: rds.restore_to_time, with: { component: stock } }] } }
`,
  judge: (plan, facts) => runbooks(plan, facts).flatMap((book) => judgeRunbook(plan, book)),
};

function judgeRunbook(plan: Plan, book: Runbook): readonly Complaint[] {
  if (book.scenario.kind === 'degradation') return [];
  return lostComponents(plan, book.scenario).flatMap((name): readonly Complaint[] => {
    const component = plan.components[name];
    const step = restoringStep(book.scenario.steps, name);
    if (!component || !keepsData(component) || !step || takesItsName(step, component)) return [];
    const places = alive(plan, book, name, component);
    const methods = methodsUsed(book.scenario, name);
    // A copy that the runbook itself takes first is as fresh as can be.
    if (
      book.steps
        .slice(
          0,
          book.steps.findIndex((one) => one.step === step),
        )
        .some(takesCopy)
    )
      return [];
    const taken = bestLoss(places.filter(({ policy }) => methods.has(policy.method)));
    const best = bestLoss(places);
    if (!taken || !best || methods.has(best.method) || best.loss * MUCH > taken.loss) return [];
    const path = book.steps.find((one) => one.step === step)?.path ?? book.path;
    return [
      {
        path,
        message: `"${step.id}" restores ${name} from ${taken.method} and can lose ${formatDuration(taken.loss)}; ${best.method} is kept as well, survives, and loses ${formatDuration(best.loss)}`,
        hint: `Restore from ${best.method} first, and keep ${taken.method} as the second way (one_of).`,
        related: [{ path: ['components', name, 'backups'], message: 'the copies that are taken' }],
      },
    ];
  });
}

/** A copy that loses only a little less may be slower to come back from. */
const MUCH = 2;

const alive = (plan: Plan, { scenario }: Runbook, name: string, component: Component) =>
  copyPlaces(plan, name, component).filter(
    (place) =>
      survives(place, scenario.loses_domains) &&
      (scenario.loses_domains.length > 0 || !MIRRORS.has(place.policy.method)),
  );

const takesCopy = ({ step }: PlacedStep): boolean =>
  operationsOf(step).some(({ name }) => /^(rds\.snapshot|postgres\.(dump|base_backup))$/.test(name));

/** Under the name of the lost one only a deleted instance is restored: its automated backups and logs are gone with it. */
const takesItsName = (step: Step, { ids }: Component): boolean =>
  operationsOf(step).some(({ name, command }) => {
    const made =
      name === 'rds.restore_snapshot' && command ? awsCall(command)?.get('db-instance-identifier') : undefined;
    return made !== undefined && Object.values(ids).includes(made);
  });
