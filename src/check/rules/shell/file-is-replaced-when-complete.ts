import { calledAs } from '../../../shell/called.ts';
import { emptiedFiles } from '../../../shell/files.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A redirection empties its file before the program has begun. */
export const fileIsReplacedWhenComplete: Rule = {
  id: 'file-is-replaced-when-complete',
  level: 'warning',
  title: 'A file that is relied on is replaced only when the new one is complete',
  why: 'The shell empties the file of a redirection before it starts the program (POSIX, Shell Command Language, redirection). When the program then fails, the old content is gone and an empty file is in its place; a program that reads the same file reads nothing. What the plan relies on, or what is committed next, is written beside it, looked at, and renamed.',
  bad: `
files: { inventory.env: { title: What there is, content: in-repository } }
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: record, uses: shell.run, with: { command: ./show.sh > inventory.env } }
`,
  good: `
files: { inventory.env: { title: What there is, content: in-repository }, show.sh: { title: Prints it, content: in-repository } }
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: record, uses: shell.run, with: { command: ./show.sh > inventory.env.new && test -s inventory.env.new && mv inventory.env.new inventory.env } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command, { script }) => {
      const file = emptiedFiles(command)[0];
      if (file === undefined || command.program === '' || /^(cat|echo|printf|true|:)$/.test(command.program)) return [];
      if (reads(command, file))
        return [
          {
            level: 'error',
            message: `${calledAs(command)} reads ${file}, which the shell has emptied before: nothing is left of it`,
            hint: hintFor(file),
          },
        ];
      const committed = script.commands.some(
        ({ program, words }) =>
          program === 'git' && words[1]?.value === 'add' && words.some(({ value }) => value === file),
      );
      if (!committed && plan.files[file] === undefined) return [];
      const what = committed ? 'is committed next' : 'the plan relies on';
      return [
        {
          message: `${file}, which ${what}, is emptied before ${calledAs(command)} runs, and stays so when that fails`,
          hint: hintFor(file),
        },
      ];
    }),
};

const hintFor = (file: string): string =>
  `Write ${file}.new, see that it is complete, and rename it: mv ${file}.new ${file}.`;

/** Itself, or a command in front of it in the same pipe. */
function reads(command: ShellCommand, file: string): boolean {
  for (let one: ShellCommand | undefined = command; one; one = one.reads)
    if (
      one.words.slice(1).some(({ value, isLiteral }) => isLiteral && value === file) ||
      one.redirects.some(({ operator, target }) => operator === '<' && target?.value === file)
    )
      return true;
  return false;
}
