import { option } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { type PlacedScript, scriptOf, scriptsOf } from '../../commands/scripts.ts';
import type { Complaint, Rule } from '../../rule.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** After the recovery everything still asks for the one that is gone. */
export const planFollowsTheNewInstance: Rule = {
  id: 'plan-follows-the-new-instance',
  level: 'warning',
  title: 'What was restored under a new name gets the old one, or the plan is told',
  why: 'A snapshot and a point in time are restored into an instance with a name of its own (RDS API reference, RestoreDBInstanceFromDBSnapshot). Scripts that verify backups, alarms and the other runbooks go on asking for the old name: they watch an instance that is gone, and the next recovery restores from it.',
  bad: `
components: { shop: { kind: database, domain: machine, objectives: { rto: 1h }, backups: [{ method: rds.automated, every: 24h }], ids: { instance: shop } } }
scenarios:
  gone:
    title: The shop is lost
    loses: [shop]
    steps: [{ id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier shop-restored --db-snapshot-identifier good } }]
procedures:
  watch: { title: Look at the backups, steps: [{ id: look, uses: shell.run, with: { command: aws rds describe-db-snapshots --db-instance-identifier shop } }] }
`,
  good: `
components: { shop: { kind: database, domain: machine, objectives: { rto: 1h }, backups: [{ method: rds.automated, every: 24h }], ids: { instance: shop } } }
scenarios:
  gone:
    title: The shop is lost
    loses: [shop]
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier shop-restored --db-snapshot-identifier good } }
      - { id: rename, uses: shell.run, with: { command: aws rds modify-db-instance --db-instance-identifier shop-restored --new-db-instance-identifier shop --apply-immediately } }
procedures:
  watch: { title: Look at the backups, steps: [{ id: look, uses: shell.run, with: { command: aws rds describe-db-snapshots --db-instance-identifier shop } }] }
`,
  judge(plan, facts) {
    const ids = new Set(Object.values(plan.components).flatMap((one) => Object.values(one.ids)));
    const scripts = scriptsOf(plan);
    return sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(sequence, ids, scripts));
  },
};

function judgeSequence(
  sequence: Sequence,
  ids: ReadonlySet<string>,
  scripts: readonly PlacedScript[],
): readonly Complaint[] {
  const restored = sequence.scenario?.loses.length ? sequence.steps.flatMap(restoresOf).at(-1) : undefined;
  if (!restored || sequence.steps.some(givesTheNameBack)) return [];
  const { old, name, placed, at } = restored;
  if (old === undefined || name === old || !ids.has(old)) return [];
  const others = scripts.filter(
    ({ path, script }) => !isIn(path, sequence) && script.commands.some((one) => asksFor(one, old)),
  );
  if (others.length === 0) return [];
  const related = others.slice(0, 3).map(({ path, script }) => ({
    path,
    within: script.commands.find((one) => asksFor(one, old))?.at ?? 0,
    message: `still asks for ${old}`,
  }));
  return [
    {
      path: [...placed.path, 'with', 'command'],
      within: at,
      message: `after "${placed.step.id}" the database is ${name}, and ${places(others.length)} of the plan still ${others.length === 1 ? 'asks' : 'ask'} for ${old}`,
      hint: `Rename it when the old one is out of the way (modify-db-instance --new-db-instance-identifier ${old}), or add a step that changes the ids of the plan.`,
      related,
    },
  ];
}

const places = (count: number): string => (count === 1 ? 'one other place' : `${count} other places`);

const isIn = (path: Complaint['path'], { steps }: Sequence): boolean =>
  steps.some((placed) => placed.path.every((part, index) => path[index] === part));

interface Restored {
  readonly placed: PlacedStep;
  readonly at: number;
  readonly name: string;
  /** Undefined when the restore does not say from what, and its name gives no hint. */
  readonly old: string | undefined;
}

/** Restores to a name that begins with that of the old one, or that name their source. */
function restoresOf(placed: PlacedStep): readonly Restored[] {
  return (scriptOf(placed.step)?.commands ?? []).flatMap((command): readonly Restored[] => {
    const call = awsCall(command);
    if (call?.service !== 'rds' || !/^restore-db-(instance|cluster)-/.test(call.operation)) return [];
    const name = option(
      command,
      '--target-db-instance-identifier',
      '--db-instance-identifier',
      '--db-cluster-identifier',
    );
    const source = option(command, '--source-db-instance-identifier', '--source-db-cluster-identifier');
    if (name === undefined) return [];
    return [
      { placed, at: command.at, name, old: source ?? /^(.*?)-(restor|recover|new|clean|pitr|copy)/.exec(name)?.[1] },
    ];
  });
}

const asksFor = (command: ShellCommand, id: string): boolean =>
  awsCall(command)?.service === 'rds' && command.words.some(({ value }) => value === id);

/** A rename, or a step in which a person or an action brings the plan, the alarms and the scripts up to date. */
function givesTheNameBack({ step }: PlacedStep): boolean {
  const script = scriptOf(step);
  if (script) return script.commands.some(({ words }) => words.some(({ value }) => value.startsWith('--new-db-')));
  return /\b(rename|old name|update (the )?(plan|inventory|ids|alarms))\b/i.test(
    `${step.uses} ${step.title ?? ''} ${step.with.instruction}`.replaceAll('_', ' '),
  );
}
