import type { Complaint, Rule } from '../../rule.ts';
import { type PlacedCommand, whereIs } from '../../runbooks/acts.ts';
import { databaseNames, fetchesLog, serverSwitch, setsTarget } from '../../runbooks/postgres-recovery.ts';
import { isAboutDamage, isRestore } from '../../runbooks/restores.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** The newest copy of damaged data is damaged. */
export const restorePointBeforeTheDamage: Rule = {
  id: 'restore-point-before-the-damage',
  level: 'error',
  title: 'Damaged data is restored to a moment before the damage',
  why: 'Damage is noticed after it was done, and copies go on being taken in between. The newest copy, and the log when all of it is replayed, bring back the deletion and the wrong rows as well. The moment is something a person finds out, and gives to the run.',
  bad: `
scenarios:
  loss:
    title: Data was deleted
    steps:
      - { id: restore, uses: shell.run, with: { command: ./restore-database.sh production latest } }
`,
  good: `
scenarios:
  loss:
    title: Data was deleted
    inputs: { before: { describe: The last moment at which the data was right } }
    steps:
      - { id: restore, uses: shell.run, with: { command: "./restore-database.sh production \${{ inputs.before }}" } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) =>
      sequence.scenario && isAboutDamage(sequence.scenario)
        ? [...newest(sequence), ...wholeLog(sequence, databaseNames(plan))]
        : [],
    ),
};

const HINT = 'Let a person find the last moment at which the data was right, make it an input, and restore to that.';

function newest(sequence: Sequence): readonly Complaint[] {
  const commands = sequence.commands.filter(takesNewest).map(({ path, within, placed }) => ({ path, within, placed }));
  const typed = sequence.operations
    .filter(
      ({ name, command, placed: { step } }) =>
        command === undefined && isRestore(name) && Object.values(step.with).includes('latest'),
    )
    .map(({ path, placed }) => ({ path: [...path, 'with'], within: undefined, placed }));
  return [...commands, ...typed].map(({ path, within, placed }) => ({
    path,
    ...(within === undefined ? {} : { within }),
    message: `"${placed.step.id}" takes the newest copy there is, which may have the damage in it already`,
    hint: HINT,
  }));
}

/** A script that restores, and is told to take the newest; or RDS, which has an option for it. */
function takesNewest({ command: { words } }: PlacedCommand): boolean {
  const said = words.map(({ value }) => value);
  if (said.includes('--use-latest-restorable-time')) return true;
  return (
    /restore|recover/i.test(said.slice(0, 2).join(' ')) &&
    said.slice(1).some((word) => /^(--)?(latest|newest|last)$/i.test(word))
  );
}

/** The log is fetched, the server is started on it, and nothing says how far it is to go. */
function wholeLog(sequence: Sequence, names: ReadonlySet<string>): readonly Complaint[] {
  if (sequence.commands.some(setsTarget)) return [];
  const fetch = sequence.commands.find((one) => fetchesLog(one) !== undefined);
  const start =
    fetch &&
    sequence.commands.find(
      (one) => serverSwitch(one.command, names)?.does === 'start' && sequence.happensAfter(one, fetch),
    );
  if (!fetch || !start) return [];
  return [
    {
      ...whereIs(fetch),
      message: 'nothing says how far the log is to be replayed: all of it brings the damage back',
      hint: "Set recovery_target_time to the moment before the damage and recovery_target_action = 'pause'; look before you go on.",
      related: [{ ...whereIs(start), message: 'the server is started here' }],
    },
  ];
}
