import { optionWords } from '../../../shell/options.ts';
import type { ShellCommand, ShellScript } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** No backup at all is not a fresh one. */
export const lookedUpMomentsAreNotEmpty: Rule = {
  id: 'looked-up-moments-are-not-empty',
  level: 'error',
  title: 'A moment that was looked up is there before its age is worked out',
  why: 'For GNU date an empty text is today at midnight: date -d "" does not fail. A script that looks up the time of the newest backup, and finds none, works out an age of some hours and reports that the backup is fresh. Nothing to find must be the loudest answer, not the best one.',
  bad: `
procedures:
  watch:
    title: See that the newest copy is not old
    steps:
      - id: age
        uses: shell.run
        with:
          command: |
            TIME=$(aws rds describe-db-snapshots --query 'max_by(DBSnapshots, &SnapshotCreateTime).SnapshotCreateTime' --output text)
            AGE=$(( $(date +%s) - $(date -d "$TIME" +%s) ))
            [ "$AGE" -gt 90000 ] && exit 1
`,
  good: `
procedures:
  watch:
    title: See that the newest copy is not old
    steps:
      - id: age
        uses: shell.run
        with:
          command: |
            TIME=$(aws rds describe-db-snapshots --query 'max_by(DBSnapshots, &SnapshotCreateTime).SnapshotCreateTime' --output text)
            [ -n "$TIME" ] && [ "$TIME" != None ] || { echo "there is no backup"; exit 1; }
            AGE=$(( $(date +%s) - $(date -d "$TIME" +%s) ))
            [ "$AGE" -gt 90000 ] && exit 1
`,
  judge: (plan) =>
    judgeCommands(plan, (command, { script }) => {
      const name = momentOf(command);
      if (name === undefined || !isLookedUp(script, name) || isAskedFor(script, name)) return [];
      return [
        {
          message: `when nothing is found, $${name} is empty, and date -d "" is today at midnight: no backup at all passes as a fresh one`,
          hint: `Fail first: [ -n "$${name}" ] && [ "$${name}" != None ] || exit 1.`,
        },
      ];
    }),
};

/** The variable that is all of what `date -d` reads; undefined when there is other text beside it. */
function momentOf(command: ShellCommand): string | undefined {
  if (command.program !== 'date' && command.program !== 'gdate') return undefined;
  const word = optionWords(command, '-d', '--date')[0];
  const [name] = word?.variables ?? [];
  return name !== undefined && /^["']?\$\{?\w+\}?["']?$/.test(word?.text.replace(/^--date=/, '') ?? '')
    ? name
    : undefined;
}

/** Kept from the output of a command that can find nothing. The clock always answers. */
const isLookedUp = ({ assignments, commands }: ShellScript, name: string): boolean =>
  assignments.some((one) => one.name === name && one.value?.isLiteral === false) &&
  commands.some(({ keptIn, program }) => keptIn === name && program !== 'date');

/** Whether the text anywhere asks if it is empty: with a test, or `${NAME:?}`. */
function isAskedFor({ text, commands }: ShellScript, name: string): boolean {
  const tests = commands.filter(({ program }) => program === '[' || program === 'test');
  const bash = [...text.matchAll(/\[\[.*?\]\]/gs)].map(([test]) => test);
  const asks = new RegExp(String.raw`\$\{?${name}\b`);
  return (
    tests.some(({ words }) => words.some(({ variables }) => variables.includes(name))) ||
    bash.some((test) => asks.test(test)) ||
    text.includes(`\${${name}:?`)
  );
}
