import { type StartedThing, thingStartedBy } from '../../commands/started.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { callName, callsOf, isSame, mayBeSame, type PlacedCall } from '../../runbooks/aws-calls.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { commandsAfter, type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** A request that was accepted is not done yet. */
export const startedIsAwaited: Rule = {
  id: 'started-is-awaited',
  level: 'warning',
  title: 'What AWS only starts is waited for before the runbook goes on',
  why: 'Creating a snapshot, restoring and renaming an instance return as soon as AWS has taken the request; the work takes minutes to hours and can still fail. A script that goes on reports a backup that may never be there, or uses an instance that does not exist yet (RDS API reference, CreateDBSnapshot, RestoreDBInstanceFromDBSnapshot; ElastiCache API reference, CreateSnapshot). It is an error when the original is deleted meanwhile.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $ID" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $ID && aws rds wait db-instance-available --db-instance-identifier new" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(sequence)),
};

const judgeSequence = (sequence: Sequence): readonly Complaint[] =>
  callsOf(sequence).flatMap((call): readonly Complaint[] => {
    const started = thingStartedBy(call.aws);
    if (!started || !goesOn(sequence, call) || isAwaited(sequence, call, started)) return [];
    const deletion = originalDeleted(sequence, call);
    const ends = deletion
      ? `the original is deleted by "${deletion.placed.step.id}" while it may still be copied`
      : 'what follows finds it unfinished, or reports what may still fail';
    return [
      about(call, {
        ...(deletion ? { level: 'error' as const } : {}),
        message: `${callName(call.aws)} only starts: nothing waits until ${started.what} is available, and ${ends}`,
        hint: `Add ${started.wait} before going on.`,
      }),
    ];
  });

/** Who starts something at the very end leaves the waiting to whoever reads on. */
const goesOn = (sequence: Sequence, call: PlacedCall): boolean =>
  commandsAfter(sequence, call).length > 0 || stepsAfter(sequence, call).length > 0;

const stepsAfter = ({ steps, isAfter }: Sequence, call: PlacedCall): readonly PlacedStep[] =>
  steps.filter(({ step }) => isAfter(step.id, call.placed.step.id));

function isAwaited(sequence: Sequence, call: PlacedCall, started: StartedThing): boolean {
  const commands = commandsAfter(sequence, call);
  const after = commands.filter((one): one is PlacedCall => one.aws !== undefined);
  const waits = after.some(
    (later) =>
      (started.waiters.includes(callName(later.aws)) || (callName(later.aws) === started.look && isPolling(later))) &&
      mayBeSame(call, started.name, later, started.name),
  );
  // A script of one's own that is called so.
  const waitsByScript = commands.some(({ command }) => /wait/i.test(command.program));
  return waits || waitsByScript || stepsAfter(sequence, call).some(({ step }) => isWaitingStep(step));
}

const isPolling = ({ command: { inside, through }, placed: { step } }: PlacedCall): boolean =>
  inside.includes('loop') || through.some(({ program }) => program === 'watch') || step.retry !== undefined;

/** A typed action, or a person who is told to wait. */
const isWaitingStep = ({ uses, title, with: input }: PlacedStep['step']): boolean =>
  /\.wait_|^rds\./.test(uses) ||
  (uses === 'human.task' && /\b(wait|until|available)\b/i.test(`${title} ${String(input.instruction ?? '')}`));

/** The instance a snapshot is taken of is deleted later in the runbook. */
const originalDeleted = (sequence: Sequence, call: PlacedCall): PlacedCall | undefined =>
  callName(call.aws) !== 'rds create-db-snapshot'
    ? undefined
    : commandsAfter(sequence, call).find(
        (later): later is PlacedCall =>
          later.aws !== undefined &&
          callName(later.aws) === 'rds delete-db-instance' &&
          isSame(call, ['db-instance-identifier'], later as PlacedCall, ['db-instance-identifier']),
      );
