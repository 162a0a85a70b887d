import { type Plan, safetyPointsOf, TAKEN_METHODS } from '../../../model/plan.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { type DangerousPart, dangersOf } from '../../commands/dangers.ts';
import { operationName } from '../../commands/operation-name.ts';
import { scriptOf } from '../../commands/scripts.ts';
import { losesComponent } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** The restore may be the wrong one; then only the copy of the damaged state is left. */
export const safetyCopyComesFirst: Rule = {
  id: 'safety-copy-comes-first',
  level: 'error',
  title: 'Before data is destroyed, a copy of it is taken',
  why: 'Dropping a table, loading a dump over a database, taking back a migration or deleting an instance ends what is there. When it was the wrong one, or the backup turns out to be of no use, the damaged state was the best that was left: alembic downgrade runs the drop statements of a migration, and "pg_restore --clean" drops before it loads (PostgreSQL documentation of pg_restore).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: down, uses: shell.run, with: { command: alembic downgrade 1f2e }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: copy, uses: shell.run, with: { command: 'pg_dump -Fc shop -f before.dump' } }
      - { id: down, uses: shell.run, with: { command: alembic downgrade 1f2e }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge(plan, facts) {
    const ids = new Set(Object.values(plan.components).flatMap((one) => Object.values(one.ids ?? {})));
    return sequencesOf(plan, facts).flatMap((sequence) => [
      ...judgeSequence(sequence, ids),
      ...sequence.steps.flatMap((placed) => judgeAction(placed, sequence, plan)),
    ]);
  },
};

const judgeSequence = (sequence: Sequence, ids: ReadonlySet<string>): readonly Complaint[] =>
  sequence.steps.flatMap((placed) => {
    const script = scriptOf(placed.step);
    const first = (script ? dangersOf(script) : []).find((part) => losesData(part, ids));
    if (!script || !first || safetyPointsOf(placed.step).length > 0) return [];
    const inText = script.commands.some((command) => command.at < first.at && isCopy(command));
    const before = sequence.steps.filter((other) => sequence.isAfter(placed.step.id, other.step.id));
    return inText || before.some(takesCopy) ? [] : [complaint(placed, first)];
  });

/** An action that destroys what Lifeboat itself can back up, and that this scenario has not lost. What clears away what a run has made, is meant. */
function judgeAction(placed: PlacedStep, sequence: Sequence, plan: Plan): readonly Complaint[] {
  const { step, action, path } = placed;
  const { component } = step.with;
  if (action?.danger !== 'destroy' || action.settles || typeof component !== 'string') return [];
  const { scenario } = sequence;
  const isLost = scenario !== undefined && losesComponent(plan, scenario, component);
  if (isLost || !isBackedUp(plan, component) || safetyPointsOf(step).includes(component)) return [];
  if (sequence.steps.some((other) => sequence.isAfter(step.id, other.step.id) && takesCopy(other))) return [];
  return [
    {
      path: [...path, 'uses'],
      level: 'warning',
      message: `the step "${step.id}" destroys ${component}, which is not lost here, and no recovery point of it is demanded before`,
      hint: `Add safety_point: ${component} to the step.`,
    },
  ];
}

const isBackedUp = ({ components, repository }: Plan, name: string): boolean =>
  repository !== undefined &&
  Object.hasOwn(components, name) &&
  components[name]?.backups.some(({ method }) => TAKEN_METHODS.some((taken) => taken === method)) === true;

const complaint = ({ step, path }: PlacedStep, { name, does, at }: DangerousPart): Complaint => ({
  path: [...path, 'with', 'command'],
  within: at,
  // Deleting rows is also how rows are put right.
  ...(name === 'DELETE' ? { level: 'warning' as const } : {}),
  message: `${name} ${does}, and no step before "${step.id}" keeps what is there now`,
  hint: 'Take a copy first, and wait until it is complete: a snapshot, pg_dump, or a copy of the folder. Of what Lifeboat backs up, safety_point demands one.',
});

/** A deletion can leave a last copy itself; and what no component is called by is something that a recovery or a drill has made. */
function losesData({ losesData, command }: DangerousPart, ids: ReadonlySet<string>): boolean {
  const aws = command && awsCall(command);
  if (!losesData || !aws || aws.service !== 'rds') return losesData;
  const id = aws.get('db-instance-identifier') ?? aws.get('db-cluster-identifier');
  return !aws.has('final-db-snapshot-identifier') && id !== undefined && ids.has(id);
}

function takesCopy({ step }: PlacedStep): boolean {
  const script = scriptOf(step);
  if (script) return script.commands.some(isCopy);
  const words = step.uses.startsWith('human.')
    ? `${step.id} ${step.title ?? ''} ${step.with.instruction}`
    : step.uses.split('.').slice(1).join(' ');
  return COPY.test(words.replaceAll(/[-_]/g, ' '));
}

const COPY = /\b(snapshot|dump|back ?up|safety copy|preserve|keep evidence|take a copy)\b/i;

/** What is read only to see whether it can be read, is kept nowhere. */
const isCopy = (command: ShellCommand): boolean =>
  !command.redirects.some(({ target }) => target?.value === '/dev/null') &&
  (COPIES.has(operationName(command) ?? '') ||
    /^(mysqldump|mongodump|pg_dumpall|restic|borg)$/.test(command.program) ||
    command.words.slice(1, 4).some(({ value }) => /^create-(db-|db-cluster-)?snapshot$/.test(value)));

const COPIES = new Set(['rds.snapshot', 'postgres.dump', 'postgres.base_backup', 'velero.backup']);
