import { plainWords } from '../../../shell/options.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import type { Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { judgeActs } from '../../runbooks/sequences.ts';

/** A door that was open yesterday is shut today. */
export const registryLoginBeforePush: Rule = {
  id: 'registry-login-before-push',
  level: 'warning',
  title: 'Before an image is pushed to ECR, somebody signs in',
  why: 'A token for ECR is good for 12 hours (ECR documentation, registry authentication). On the machine of somebody who was called at night it is over, and docker push ends with "no basic auth credentials" in the middle of the rebuild.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: image, uses: shell.run, with: { command: docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:good } }
`,
  good: `
scenarios:
  loss:
    steps:
      - id: image
        uses: shell.run
        with: { command: "aws ecr get-login-password | docker login --username AWS --password-stdin 111122223333.dkr.ecr.us-east-1.amazonaws.com\\ndocker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:good" }
`,
  judge: (plan, facts) =>
    judgeActs(plan, facts, (act, { before }) => {
      const registry = act.command && ecrOf(act.command);
      if (registry === undefined || before(act).some(({ command }) => command && signsIn(command))) return [];
      return [
        about(act, {
          message: `docker ${act.command?.words[1]?.value} needs a token for ${registry} that is younger than 12 hours, and no step before it signs in`,
          hint: `Add: aws ecr get-login-password | docker login --username AWS --password-stdin ${registry}.`,
        }),
      ];
    }),
};

/** The registry of ECR to which an image is pushed, or from which it is pulled. */
function ecrOf(command: ShellCommand): string | undefined {
  if (command.program !== 'docker' && command.program !== 'podman') return undefined;
  const [verb, image] = plainWords(command).map(({ value }) => value);
  if (verb !== 'push' && verb !== 'pull') return undefined;
  return /^([\w-]+\.dkr\.ecr\.[\w.-]+)\//.exec(image ?? '')?.[1];
}

const signsIn = ({ program, words }: ShellCommand): boolean =>
  (/^(docker|podman)$/.test(program) && words[1]?.value === 'login') ||
  words.some(({ value }) => /^get-login/.test(value)) ||
  program === 'docker-credential-ecr-login';
