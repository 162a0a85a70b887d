import type { ShellCommand, ShellWord } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** What the shell takes apart, it does not put together again. */
export const valuesKeepTheirBlanks: Rule = {
  id: 'values-keep-their-blanks',
  level: 'warning',
  title: 'A value that goes through echo is quoted',
  why: 'The shell splits an unquoted variable at blanks and replaces * by the names of files before echo prints it. A password with two blanks in it comes out with one, and is then written back changed (POSIX shell, word expansions).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: change, uses: shell.run, with: { command: 'OLD=$(aws secretsmanager get-secret-value --secret-id db --query SecretString); echo $OLD | jq .host' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: change, uses: shell.run, with: { command: 'OLD=$(aws secretsmanager get-secret-value --secret-id db --query SecretString); printf "%s" "$OLD" | jq .host; echo $COUNT | bc' } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const word = reader(command) === undefined ? undefined : unprotected(command);
      if (!word) return [];
      return [
        {
          at: word.at,
          message: `the shell takes ${word.value} apart at blanks and * before ${reader(command)} reads it: a password in it is changed`,
          hint: `Quote it: printf '%s' "${word.value}" | ${reader(command)} …, or give the program the file itself.`,
        },
      ];
    }),
};

const unprotected = ({ program, words }: ShellCommand): ShellWord | undefined =>
  /^(echo|printf)$/.test(program)
    ? words.slice(1).find(({ isQuoted, variables }) => !isQuoted && variables.length > 0)
    : undefined;

/** Programs that are given data, of which every character counts. */
const reader = ({ feeds }: ShellCommand): string | undefined =>
  feeds && /^(jq|yq|base64|openssl|gpg|age|python3?|xxd|sha\d+sum|psql|kubectl|docker)$/.test(feeds.program)
    ? feeds.program
    : undefined;
