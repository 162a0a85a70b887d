import type { Component, Plan } from '../../../model/plan.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import type { Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';
import { isLook } from '../../runbooks/step-roles.ts';

/** Three workers that crash do no more than one. */
export const moreWorkersAreSeenToWork: Rule = {
  id: 'more-workers-are-seen-to-work',
  level: 'warning',
  title: 'After workers were added, somebody looks whether the queue falls',
  why: 'Workers that crash at a message crash three at a time, and a message that always fails comes back until it is in the dead-letter queue (SQS documentation). Adding workers helps against too much work only. An autoscaler sets the number back to its own limits (ECS documentation, service auto scaling). So one looks why tasks stopped and what lies in the dead-letter queue, and afterwards whether the depth falls.',
  bad: `
components: { worker: { kind: worker, domain: machine, needs: [database], stateless: true, objectives: { rto: 1h, rpo: "0" } } }
scenarios:
  loss:
    loses: [worker]
    steps:
      - { id: more, uses: shell.run, with: { command: aws ecs update-service --cluster shop --service worker --desired-count 3 } }
`,
  good: `
components: { worker: { kind: worker, domain: machine, needs: [database], stateless: true, objectives: { rto: 1h, rpo: "0" } } }
scenarios:
  loss:
    loses: [worker]
    steps:
      - { id: more, uses: shell.run, with: { command: aws ecs update-service --cluster shop --service worker --desired-count 3 } }
      - { id: depth, title: Check that the queue falls, uses: shell.run, with: { command: aws sqs get-queue-attributes --queue-url "$QUEUE" --attribute-names ApproximateNumberOfMessages } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) =>
      sequence.acts.flatMap((act) => {
        const size = sizeOf(act);
        if (size === undefined || !sequence.scenario || !isAboutWorkers(plan, sequence) || isLookedAfter(act, sequence))
          return [];
        const dead = looksAtDeadLetters(sequence)
          ? ''
          : ', and nobody has looked why they stopped or into the dead-letter queue';
        return [
          about(act, {
            message: `"${act.placed.step.id}" makes it ${size} workers, and no later step looks whether they work: those that crash stay broken${dead}`,
            hint: 'Look at the reasons of stopped tasks and at the dead-letter queue first; afterwards check that the depth of the queue falls.',
          }),
        ];
      }),
    ),
};

/** How many there are to be; undefined when this is no scaling, or a stop. */
function sizeOf({ command, name }: Act): string | undefined {
  if (!command) return undefined;
  if (name === 'ecs.scale') return awsCall(command)?.get('desired-count');
  const isScale = name === 'k8s.scale' && kubectlCall(command);
  return isScale
    ? command.words.map(({ value }) => /^--replicas=(.+)$/.exec(value)?.[1]).find((one) => one !== undefined)
    : undefined;
}

/** What is lost takes its work from a queue. */
const isAboutWorkers = ({ components }: Plan, { scenario }: Sequence): boolean =>
  scenario?.loses.some((name) => {
    const one = components[name] as Component | undefined;
    return one?.kind === 'worker' || one?.kind === 'queue';
  }) === true;

const isLookedAfter = (act: Act, { steps, isAfter, after }: Sequence): boolean =>
  steps.some((step) => isLook(step) && isAfter(step.step.id, act.placed.step.id)) ||
  after(act).some(
    ({ command, name = '' }) => /\.(verify|check|wait_falling|depth)/.test(name) || (command && asksADepth(command)),
  );

const asksADepth = (command: ShellCommand): boolean => awsCall(command)?.operation === 'get-queue-attributes';

const looksAtDeadLetters = ({ acts }: Sequence): boolean =>
  acts.some(({ command }) => command?.words.some(({ value }) => /dlq|dead-?letter|stopped-?reason/i.test(value)));
