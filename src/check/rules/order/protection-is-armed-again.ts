import type { Plan } from '../../../model/plan.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { operationName } from '../../commands/operation-name.ts';
import { scriptOf } from '../../commands/scripts.ts';
import { lostComponents } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { operationsOf } from '../../runbooks/acts.ts';
import { type PlacedStep, type Runbook, runbooks } from '../../runbooks/runbook.ts';

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
  const names = restoredNames(restore);
  const armed = book.steps.some((one) => arms(one, names) && book.isAfter(one.step.id, restore.step.id));
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

/** By its commands when they are known, else by what its title says. */
function isRestore({ step }: PlacedStep): boolean {
  if (isCalled(step)) return /\.restore/.test(step.uses);
  const done = operationsOf(step).filter(({ command }) => command);
  if (done.length > 0) return done.some(({ name }) => RESTORES.test(name));
  return /\brestore\b/i.test(`${step.id} ${step.title ?? ''}`);
}

const RESTORES = /^rds\.(restore|promote)|^postgres\.load_dump$/;

function arms({ step }: PlacedStep, restored: readonly string[]): boolean {
  if (isCalled(step)) return /backup|snapshot|protect|re_?arm|dump/.test(step.uses.split('.').slice(1).join('.'));
  const commands = scriptOf(step)?.commands ?? [];
  if (commands.some((command) => armsByCommand(command, restored))) return true;
  // A command that is known does what it does, whatever the title of its step says.
  return (
    commands.every(
      (command) => operationName(command) === undefined && !awsCall(command) && command.program !== 'psql',
    ) &&
    /\b(backups?|snapshots?|re-?arm\w*|protect\w*)\b/i.test(`${step.id.replaceAll(/[-_]/g, ' ')} ${step.title ?? ''}`)
  );
}

/** A copy of another instance protects nothing that was restored. */
function armsByCommand(command: ShellCommand, restored: readonly string[]): boolean {
  const call = awsCall(command);
  if (!call) return operationName(command) === 'postgres.base_backup' || operationName(command) === 'postgres.dump';
  if (call.operation === 'modify-db-instance' || call.operation === 'modify-db-cluster')
    return call.has('deletion-protection') || call.has('backup-retention-period');
  const copied = call.get('db-instance-identifier') ?? call.get('db-cluster-identifier') ?? '';
  return (
    (/^create-db-(cluster-)?snapshot$/.test(call.operation) && (restored.includes(copied) || copied.includes('$'))) ||
    call.operation === 'put-metric-alarm' ||
    call.service === 'backup'
  );
}

/** What the instance is called that a step makes or promotes. */
const restoredNames = ({ step }: PlacedStep): readonly string[] =>
  operationsOf(step).flatMap(({ command }) => {
    const call = command && awsCall(command);
    const name = call?.get('target-db-instance-identifier') ?? call?.get('db-instance-identifier');
    return name === undefined ? [] : [name];
  });

/** Whether the action itself says what is done. */
const isCalled = ({ uses }: PlacedStep['step']): boolean => !/^(shell|human)\.|^procedure$/.test(uses);
