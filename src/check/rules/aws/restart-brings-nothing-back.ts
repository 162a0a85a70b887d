import { awsCall } from '../../../shell/programs/aws.ts';
import type { Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';
import { isEffect } from '../../runbooks/step-roles.ts';

/** The same again is the same again. */
export const restartBringsNothingBack: Rule = {
  id: 'restart-brings-nothing-back',
  level: 'warning',
  title: 'A service that has failed is not only started again as it is',
  why: 'A forced deployment of ECS starts tasks of the same task definition, and so of the image that it names (ECS API reference, UpdateService, forceNewDeployment); a rollout restart of Kubernetes does the same with its pods. When the image or its settings are what is wrong, the new tasks fail like the old ones. A runbook needs the next thing to do: back to the last version that worked.',
  bad: `
scenarios:
  loss:
    loses: [api]
    steps:
      - { id: restart, uses: shell.run, with: { command: aws ecs update-service --cluster shop --service api --force-new-deployment } }
`,
  good: `
scenarios:
  loss:
    loses: [api]
    inputs: { revision: { describe: Task definition of the last completed deployment } }
    steps:
      - { id: restart, uses: shell.run, one_of: way, with: { command: aws ecs update-service --cluster shop --service api --force-new-deployment } }
      - { id: back, uses: shell.run, one_of: way, with: { command: "aws ecs update-service --cluster shop --service api --task-definition \${{ inputs.revision }}" } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) => {
      const { scenario, acts } = sequence;
      if (!scenario || scenario.loses_domains.length > 0 || acts.some(bringsAnother)) return [];
      const restart = acts.find((act) => isRestart(act) && !isSomethingDoneBefore(act, sequence));
      if (!restart) return [];
      return [
        about(restart, {
          message: `"${restart.placed.step.id}" starts the same version again, and ${sequence.name} knows no other way: an image or setting that is bad stays bad`,
          hint: 'Add the way back to the last version that worked: a named task definition or revision.',
        }),
      ];
    }),
};

function isRestart({ command, name }: Act): boolean {
  const call = command && awsCall(command);
  if (call) return name === 'ecs.deploy' && call.has('force-new-deployment') && !call.has('task-definition');
  return command !== undefined && name === 'k8s.restart' && command.words.some(({ value }) => value === 'restart');
}

/** Another version, or at least a way to one. */
const bringsAnother = ({ command, name = '', placed }: Act): boolean =>
  /\.roll_?back|\.set_image|\.revert|\.redeploy|^k8s\.apply|^terraform\.apply/.test(name) ||
  (command && awsCall(command)?.has('task-definition')) === true ||
  (placed.step.uses !== 'shell.run' &&
    /\b(roll\w* back|rollback|last good|previous version|revision)\b/i.test(wordsOf(placed.step)));

const wordsOf = ({ id, title = '', with: input }: Act['placed']['step']): string =>
  `${id.replaceAll(/[-_]/g, ' ')} ${title} ${typeof input.instruction === 'string' ? input.instruction : ''}`;

/** After a change, a restart makes it count. What a person does before may be one. */
const isSomethingDoneBefore = (act: Act, { steps, isAfter, before }: Sequence): boolean =>
  steps.some(
    (step) =>
      isAfter(act.placed.step.id, step.step.id) && (isEffect(step) || /^human\.|^procedure$/.test(step.step.uses)),
  ) ||
  before(act).some(
    ({ placed, name }) => placed === act.placed && name !== undefined && !/status|check|find/.test(name),
  );
