import type { Plan } from '../../../model/plan.ts';
import { hasOption } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** What a machine deploys by itself it deploys again. */
export const pipelineIsFrozen: Rule = {
  id: 'pipeline-is-frozen',
  level: 'warning',
  title: 'While a recovery changes what runs, the pipeline deploys nothing by itself',
  why: 'A branch that is deployed by itself still holds the bad change after a rollback: the next push, of whatever kind, brings it back. A push in the middle of a recovery starts a deployment in the middle of a recovery.',
  bad: `
components: { source: { kind: source, technology: Git; main is deployed by itself, domain: cellar, objectives: { rto: 1h, rpo: 1h }, backups: [{ method: git.repository }] } }
scenarios:
  loss:
    kind: rollback
    steps:
      - { id: back, uses: shell.run, with: { command: "aws ecs update-service --cluster shop --service api --task-definition \${{ inputs.revision }}" } }
    inputs: { revision: { describe: The last good one } }
`,
  good: `
components: { source: { kind: source, technology: Git; main is deployed by itself, domain: cellar, objectives: { rto: 1h, rpo: 1h }, backups: [{ method: git.repository }] } }
scenarios:
  loss:
    kind: rollback
    steps:
      - { id: freeze, title: Freeze the pipeline, uses: human.task, with: { instruction: Stop deployments. } }
      - { id: back, uses: shell.run, with: { command: "aws ecs update-service --cluster shop --service api --task-definition \${{ inputs.revision }}" } }
    inputs: { revision: { describe: The last good one } }
`,
  judge: (plan, facts) => {
    const pipeline = pipelineOf(plan);
    if (pipeline === undefined) return [];
    return sequencesOf(plan, facts).flatMap((sequence) => {
      if (sequence.scenario === undefined || isFrozen(sequence)) return [];
      const pushes = sequence.acts.filter(isPush).map((act) =>
        about(act, {
          message: `"${act.placed.step.id}" pushes while ${sequence.name} is under way, and ${pipeline} deploys what is pushed by itself`,
          hint: 'Stop the pipeline first and start it again at the end, or push to a branch that is not deployed.',
        }),
      );
      const back = sequence.acts.find(takesBack);
      if (!back) return pushes;
      const message = `"${back.placed.step.id}" takes a deployment back, and ${pipeline} still holds the bad change: the next push deploys it again`;
      const hint = 'Stop the pipeline before, revert the change in source, and start the pipeline again at the end.';
      return [about(back, { message, hint }), ...pushes];
    });
  },
};

/** A source or pipeline of which the plan says that it deploys. */
function pipelineOf({ components }: Plan): string | undefined {
  const found = Object.entries(components).find(
    ([, { kind, title = '', technology = '', note = '' }]) =>
      /^(source|pipeline)$/.test(kind) && /deploy/i.test(`${title} ${technology} ${note}`),
  );
  return found?.[0];
}

const takesBack = ({ name = '', command }: Act): boolean =>
  /\.roll_?back$/.test(name) ||
  (name === 'ecs.deploy' && command !== undefined && awsCall(command)?.has('task-definition') === true);

const isPush = ({ command }: Act): boolean =>
  command?.program === 'git' &&
  command.words[1]?.value === 'push' &&
  !hasOption(command, '--tags', '--dry-run', '-n') &&
  command.words.slice(2).some(({ value }) => /^(HEAD:)?(main|master|production|release|trunk)$/.test(value));

/** Deployments are stopped, or the change is taken out of the source. */
const isFrozen = ({ acts }: Sequence): boolean =>
  acts.some(
    ({ name = '', command, placed }) =>
      /^ci\.freeze|^git\.revert|^gitops\./.test(name) ||
      command?.words.some(({ value }) => value === 'revert' || /\[(skip ci|ci skip)\]/.test(value)) === true ||
      (command === undefined &&
        FREEZES.test(`${placed.step.title ?? ''} ${String(placed.step.with.instruction ?? '')}`)),
  );

const FREEZES =
  /\b(freez\w*|stop\w*|paus\w*|disabl\w*|lock\w*|revert\w*)\b.*\b(pipelines?|deploy\w*|workflows?|ci|merges?|commits?|changes?|branch)\b/i;
