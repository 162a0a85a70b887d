import { calledAs } from '../../../shell/called.ts';
import { optionWords, plainWords } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import type { ShellCommand, ShellWord } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** What stands on a command line is read by everybody on the machine. */
export const secretsStayOffTheCommandLine: Rule = {
  id: 'secrets-stay-off-the-command-line',
  level: 'warning',
  title: 'No command is given a secret as one of its words',
  why: 'The words of a running program can be read by every user of the machine (Linux manual, /proc/PID/cmdline), and shells, terminals and logs keep them. A secret given to "kubectl set env" stays readable in the Deployment and in every revision of it. Programs take secrets from a file, from standard input or from their environment instead.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: secret, uses: shell.run, with: { command: 'aws secretsmanager update-secret --secret-id shop --secret-string "$NEW_SECRET"' }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: secret, uses: shell.run, with: { command: 'aws secretsmanager update-secret --secret-id shop --secret-string file://secret.json' }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const word = secretWord(command);
      if (!word) return [];
      const message = `${calledAs(command)} is given a secret as a word (${shown(word)}), where others on the machine and logs can read it`;
      return [{ at: word.at, message, hint: HINT }];
    }),
};

const HINT =
  'Give it by file (file://, --password-file, a mounted Secret), by standard input (--password-stdin), or by the environment of the one command.';

/** The name of the variable, never a value. */
const shown = (word: ShellWord): string => {
  const name = word.variables[0];
  return name === undefined ? 'as it stands' : `$${name}`;
};

/** The word of a command that is a secret; undefined when there is none, or none that is known to be one. */
function secretWord(command: ShellCommand): ShellWord | undefined {
  const aws = awsCall(command);
  if (aws)
    return ['secret-string', 'master-user-password', 'auth-token', 'secret-binary']
      .map((name) => aws.all(name)[0])
      .find((word) => word !== undefined && !/^(file|fileb):\/\//.test(word.value));
  const kubectl = kubectlCall(command);
  if (kubectl) return secretForKubectl(command, kubectl.verb);
  const names = OPTIONS[command.program];
  if (names !== undefined) return optionWords(command, ...names)[0];
  return command.program === 'mysql' || command.program === 'mysqldump'
    ? command.words.find(({ text }) => /^-p\S|^--password=\S/.test(text))
    : undefined;
}

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  sshpass: ['-p'],
  'redis-cli': ['-a', '--pass'],
};

/** Settings by name, and addresses with a password in them. */
function secretForKubectl(command: ShellCommand, verb: string): ShellWord | undefined {
  const words = plainWords(command);
  if (verb === 'set') return words.find(({ value }) => SETTING.test(value));
  const isCreate = verb === 'create' && words.some(({ value }) => value === 'secret');
  return isCreate ? optionWords(command, '--from-literal')[0] : undefined;
}

/** A reference that ends with an equals sign and a dash takes a setting away. */
const SETTING =
  /^\w*(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY)=.|^\w+=[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i;
