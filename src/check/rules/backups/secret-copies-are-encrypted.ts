import { calledAs } from '../../../shell/called.ts';
import { outputPlaces, pipeOf } from '../../../shell/files.ts';
import { hasOption } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import type { ShellCommand, ShellScript } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A copy of secrets in clear is the worst file to lose. */
export const secretCopiesAreEncrypted: Rule = {
  id: 'secret-copies-are-encrypted',
  level: 'error',
  title: 'Copies of secrets are encrypted before they are written',
  why: 'The Secrets of a cluster are encoded, not encrypted (Kubernetes documentation of Secrets): "kubectl get secret -o yaml" prints them for everybody to read. A file of them on a disk, in /tmp or in a bucket gives away every password at once, and is kept as long as the backups are.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: keep, uses: shell.run, with: { command: "kubectl get secret -n shop -o yaml > secrets.yaml" } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: keep, uses: shell.run, with: { command: "kubectl get secret -n shop -o yaml | age -r age1example > secrets.age" } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command, { script }) => {
      const what = secretsOf(command);
      const place = what === undefined ? undefined : outputPlaces(command)[0];
      if (place === undefined || pipeOf(command).some(isEncryption) || isEncryptedLater(script, place)) return [];
      const message = `${calledAs(command)} writes ${what} in clear to ${place}`;
      return [
        {
          message,
          hint: 'Encrypt it in the same pipe (| age -r … > …), or back it up where it comes from: in the secret manager.',
        },
      ];
    }),
};

/** What of secrets a command prints; undefined when it prints none. */
function secretsOf(command: ShellCommand): string | undefined {
  const kubectl = kubectlCall(command);
  if (kubectl?.verb === 'get')
    return /(^|,)secrets?(\/|,|$)/.test(kubectl.plain[0] ?? '') && hasOption(command, '-o', '--output')
      ? 'the Secrets of the cluster'
      : undefined;
  const aws = awsCall(command);
  if (aws?.service === 'secretsmanager') return aws.operation === 'get-secret-value' ? 'a secret' : undefined;
  if (aws?.service === 'ssm') return aws.has('with-decryption') ? 'decrypted parameters' : undefined;
  return command.program === 'gpg' && hasOption(command, '--export-secret-keys') ? 'private keys' : undefined;
}

const isEncryption = ({ program, words }: ShellCommand): boolean =>
  /^(age|rage|sops|kubeseal|ansible-vault)$/.test(program) ||
  (program === 'gpg' && words.some(({ value }) => /^(-\w*[ec]\w*|--encrypt|--symmetric)$/.test(value))) ||
  (program === 'openssl' && words.some(({ value }) => value === 'enc' || value === 'cms' || value === 'smime'));

/** Encrypted from the file, which is then removed. */
const isEncryptedLater = ({ commands }: ShellScript, place: string): boolean =>
  commands.some((command) => isEncryption(command) && names(command, place)) &&
  commands.some((command) => /^(rm|shred)$/.test(command.program) && names(command, place));

const names = ({ words }: ShellCommand, place: string): boolean => words.some(({ value }) => value === place);
