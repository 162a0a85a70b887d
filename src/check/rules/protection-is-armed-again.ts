import type { Plan } from '../../model/plan.ts';
import { lostComponents } from '../losses.ts';
import type { Complaint, Rule } from '../rule.ts';
import { type PlacedStep, type Runbook, runbooks } from '../runbook.ts';

/** What was brought back is not protected yet. */
export const protectionIsArmedAgain: Rule = {
  id: 'protection-is-armed-again',
  level: 'warning',
  title: 'After a restore the new one is backed up and protected like the old one',
  why: 'A restored instance is a new one: it has the default parameters, no alarms and no deletion protection, and the scheduled backups still name the old one. The next loss finds nothing (AWS documentation, RestoreDBInstanceFromDBSnapshot).',
  bad: `
components: { files: { kind: database, domain: machine, objectives: { rto: 1h }, backups: [{ method: rds.automated, every: 1h }] } }
scenarios: { gone: { title: Gone, loses: [files], steps: [{ id: restore, uses: rds.restore_snapshot, with: { component: files } }] } }
`,
  good: `
components: { files: { kind: database, domain: machine, objectives: { rto: 1h }, backups: [{ method: rds.automated, every: 1h }] } }
scenarios: { gone: { title: Gone, loses: [files], steps: [{ id: restore, uses: rds.restore_snapshot, with: { component: files } }, { id: rearm, uses: rds.enable_backups, with: { component: files } }] } }
`,
  judge: (plan, facts) => runbooks(plan, facts).flatMap((book) => judgeRunbook(plan, book)),
};

function judgeRunbook(plan: Plan, book: Runbook): readonly Complaint[] {
  if (book.scenario.kind !== 'disaster' && book.scenario.kind !== 'security') return [];
  const protectedOnes = lostComponents(plan, book.scenario).filter((name) => isInstance(plan, name));
  const restore = book.steps.findLast(isRestore);
  if (protectedOnes.length === 0 || !restore) return [];
  const armed = book.steps.some((one) => arms(one) && book.isAfter(one.step.id, restore.step.id));
  if (armed) return [];
  return [
    {
      path: restore.path,
      message: `after "${restore.step.id}" nothing of ${book.name} protects ${protectedOnes.join(', ')} again: backups, alarms and deletion protection`,
      hint: 'Add a last step that turns backups and protection on again and takes a first copy.',
    },
  ];
}

/** A database server is made anew when it is restored; what Lifeboat reaches itself is judged by its own steps. */
const isInstance = ({ components }: Plan, name: string): boolean =>
  components[name]?.kind === 'database' && (components[name]?.backups.length ?? 0) > 0;

const isRestore = ({ step }: PlacedStep): boolean =>
  isCalled(step) ? /\.restore/.test(step.uses) : /\brestore\b/i.test(`${step.id} ${step.title ?? ''}`);

const arms = ({ step }: PlacedStep): boolean =>
  isCalled(step)
    ? /backup|snapshot|protect|re_?arm|dump/.test(step.uses.split('.').slice(1).join('.'))
    : /\b(backups?|snapshots?|re-?arm\w*|protect\w*)\b/i.test(
        `${step.id.replaceAll(/[-_]/g, ' ')} ${step.title ?? ''}`,
      );

/** Whether the action itself says what is done. */
const isCalled = ({ uses }: PlacedStep['step']): boolean => !/^(shell|human)\.|^procedure$/.test(uses);
