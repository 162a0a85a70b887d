import { plainWords } from './options.ts';
import { awsCall } from './programs/aws.ts';
import { composeCall } from './programs/compose.ts';
import { kubectlCall } from './programs/kubectl.ts';
import type { ShellCommand } from './script.ts';

/** How people call a command when they talk of it: `aws logs tail`, `kubectl scale`, `docker-compose stop`, `psql`. */
export function calledAs(command: ShellCommand): string {
  const aws = awsCall(command);
  if (aws) return `aws ${aws.service} ${aws.operation}`;
  const kubectl = kubectlCall(command);
  if (kubectl) return `${command.program} ${kubectl.verb}`;
  const compose = composeCall(command);
  if (compose) return `${command.program === 'docker' ? 'docker compose' : command.program} ${compose.verb}`;
  const first = WITH_VERB.has(command.program) ? plainWords(command)[0]?.value : undefined;
  return first === undefined ? command.program || 'this command' : `${command.program} ${first}`;
}

const WITH_VERB = new Set([
  'docker',
  'terraform',
  'tofu',
  'vercel',
  'git',
  'helm',
  'velero',
  'alembic',
  'systemctl',
  'gh',
]);
