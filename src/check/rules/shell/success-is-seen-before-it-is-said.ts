import { calledAs } from '../../../shell/called.ts';
import type { ShellCommand, ShellScript } from '../../../shell/script.ts';
import { scriptOf } from '../../commands/scripts.ts';
import { type StartedWork, startedBy, waitsFor } from '../../commands/started.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** "Backup complete" is printed, whatever happened. */
export const successIsSeenBeforeItIsSaid: Rule = {
  id: 'success-is-seen-before-it-is-said',
  level: 'error',
  title: 'A command that says "complete" or "success" is reached only when that is true',
  why: 'People and monitoring believe what a script prints. Without "set -e" a shell goes on after a command that failed, a step with on_failure: continue goes on after a step that failed, and calls such as CreateDBSnapshot answer while the snapshot is still being made (RDS API reference): it can fail minutes after the success was printed.',
  bad: `
procedures:
  backup:
    title: Take a snapshot
    steps:
      - { id: snapshot, uses: shell.run, with: { command: aws rds create-db-snapshot --db-instance-identifier shop --db-snapshot-identifier shop-1 } }
      - { id: say, uses: shell.run, with: { command: 'echo "Backup complete"' } }
`,
  good: `
procedures:
  backup:
    title: Take a snapshot
    steps:
      - { id: snapshot, uses: shell.run, with: { command: aws rds create-db-snapshot --db-instance-identifier shop --db-snapshot-identifier shop-1 } }
      - { id: wait, uses: shell.run, with: { command: aws rds wait db-snapshot-available --db-snapshot-identifier shop-1 } }
      - { id: say, uses: shell.run, with: { command: 'echo "Backup complete"' } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

const judgeSequence = (sequence: Sequence): readonly Complaint[] =>
  sequence.steps.flatMap(({ step, path }) => {
    const script = scriptOf(step);
    const claim = script?.commands.find(isClaim);
    if (!script || !claim) return [];
    const before = sequence.steps.filter((other) => sequence.isAfter(step.id, other.step.id));
    const careless = before.find((other) => other.step.on_failure === 'continue');
    const earlier = [
      ...before.flatMap((other) => scriptOf(other.step)?.commands ?? []),
      ...commandsBefore(script, claim),
    ];
    const open = underWay(earlier);
    const why = careless
      ? `it is printed also when "${careless.step.id}" has failed (on_failure: continue)`
      : open
        ? `${open.what} was only started`
        : goesOnAfterFailure(script, claim);
    if (why === undefined) return [];
    const message = `"${step.id}" says ${said(claim)}, and ${why}`;
    const level = careless || open ? ('error' as const) : ('warning' as const);
    return [{ path: [...path, 'with', 'command'], within: claim.at, level, message, hint: HINT }];
  });

const HINT =
  'Wait for the end (aws … wait …), stop at the first failure (set -euo pipefail), and look at the result before it is reported.';

/** Words of success, said by a command that does nothing else. What stands behind && or in a branch was asked for before. */
function isClaim(command: ShellCommand): boolean {
  if (command.program !== 'echo' && command.program !== 'printf') return false;
  if (command.after !== undefined || command.inside.includes('branch') || command.feeds !== undefined) return false;
  const text = textOf(command);
  return CLAIM.test(text) && !DENIED.test(text);
}

const textOf = ({ words }: ShellCommand): string =>
  words
    .slice(1)
    .map(({ value }) => value)
    .join(' ');

const CLAIM = /\b(complete[d]?|success(ful(ly)?)?|succeeded|finished|restored|recovered|is (fresh|healthy|ok))\b/i;
const DENIED = /\b(not|never|in|un)[ -]?(complete|success|finished|restored|recovered)|\bif\b|\buntil\b|\?/i;

const LONGEST = 40;
const said = (command: ShellCommand): string => {
  const text = textOf(command);
  return `"${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}"`;
};

const commandsBefore = ({ commands }: ShellScript, { at }: ShellCommand): readonly ShellCommand[] =>
  commands.filter((command) => command.at < at);

/** The first work that was started and that nothing waits for. */
function underWay(commands: readonly ShellCommand[]): StartedWork | undefined {
  for (const [index, command] of commands.entries()) {
    const work = startedBy(command);
    if (work && !commands.slice(index + 1).some((later) => waitsFor(later, work))) return work;
  }
  return undefined;
}

/** A plain command in front of it, in a text that goes on whatever happens. */
function goesOnAfterFailure(script: ShellScript, claim: ShellCommand): string | undefined {
  if (script.commands.some(stopsAtErrors)) return undefined;
  const unchecked = commandsBefore(script, claim).find(isUnchecked);
  return unchecked ? `it is printed also when ${calledAs(unchecked)} before it has failed` : undefined;
}

const stopsAtErrors = ({ program, words }: ShellCommand): boolean =>
  program === 'set' &&
  words.some(({ value }, index) => /^-\w*e/.test(value) || (value === 'errexit' && words[index - 1]?.value === '-o'));

/** Only looked at where it stands alone: a condition, a fallback or a kept output may be looked at later. */
const isUnchecked = (command: ShellCommand): boolean =>
  command.program !== '' &&
  !HARMLESS.has(command.program) &&
  command.through.length === 0 &&
  command.inside.length === 0 &&
  !command.hasFallback &&
  command.keptIn === undefined;

const HARMLESS = new Set([
  'echo',
  'printf',
  'cd',
  'export',
  'set',
  'date',
  'sleep',
  'true',
  'test',
  '[',
  'local',
  'readonly',
  'trap',
  'mkdir',
  'exit',
]);
