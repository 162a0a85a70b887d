import type { ShellCommand, ShellScript, ShellWord } from '../../../shell/script.ts';
import { scriptOf } from '../../commands/scripts.ts';
import type { Complaint, Rule } from '../../rule.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** A shell forgets everything when it ends. */
export const variablesAreSetInTheirOwnStep: Rule = {
  id: 'variables-are-set-in-their-own-step',
  level: 'error',
  title: 'A command uses no variable that another step has set',
  why: 'Every step runs in a shell of its own, perhaps a day later and by somebody else. A variable that an earlier step has set is empty there, or holds what that shell happens to have: a host is missing, or a secret is overwritten with nothing or with the value of yesterday (POSIX shell, execution environment).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: find, uses: shell.run, with: { command: HOST=$(cat new-host) } }
      - { id: use, uses: shell.run, with: { command: 'psql -h "$HOST" -c "SELECT 1"' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: find, uses: shell.run, with: { command: HOST=$(cat new-host); echo "$HOST" } }
      - { id: use, uses: shell.run, with: { command: 'HOST=$(cat new-host); psql -h "$HOST" -c "SELECT 1"' } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  const setIn = new Map<string, PlacedStep>();
  const complaints: Complaint[] = [];
  for (const placed of sequence.steps) {
    const script = scriptOf(placed.step);
    if (!script) continue;
    const seen = new Set<string>();
    for (const word of script.commands.flatMap(wordsIn))
      for (const name of word.variables) {
        const other = setIn.get(name);
        if (!other || seen.has(name) || isSet(name, script)) continue;
        seen.add(name);
        complaints.push(complaint(name, { placed, within: word.at, other }));
      }
    for (const { name } of script.assignments) setIn.set(name, placed);
  }
  return complaints;
}

interface Use {
  readonly placed: PlacedStep;
  readonly within: number;
  readonly other: PlacedStep;
}

const complaint = (name: string, { placed, within, other }: Use): Complaint => ({
  path: [...placed.path, 'with', 'command'],
  within,
  message: `$${name} was set in the shell of "${other.step.id}", which has ended: here it is empty, or something else`,
  hint: 'Work it out again in this step, or make it an output of the earlier one and use ${{ steps.….outputs.… }}.',
  related: [{ path: [...other.path, 'with', 'command'], message: `$${name} is set here` }],
});

/** Also those that are written to by `read` and its like, or by a file of settings. */
const isSet = (name: string, { assignments, commands }: ShellScript): boolean =>
  OF_EVERY_SHELL.test(name) ||
  assignments.some((one) => one.name === name) ||
  commands.some(({ program }) => /^(source|\.|eval)$/.test(program)) ||
  commands.some(
    ({ program, words }) =>
      /^(read|mapfile|readarray|getopts|printf|unset)$/.test(program) && words.some(({ value }) => value === name),
  );

const wordsIn = ({ words, environment, redirects }: ShellCommand): readonly ShellWord[] => [
  ...words,
  ...environment.flatMap(({ value }) => value ?? []),
  ...redirects.flatMap(({ target }) => target ?? []),
];

const OF_EVERY_SHELL =
  /^(PATH|HOME|USER|LOGNAME|PWD|OLDPWD|SHELL|IFS|LANG|LC_\w+|TERM|TZ|HOSTNAME|EDITOR|BASH\w*|[\W\d])$/;
