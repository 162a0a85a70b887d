import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A field that is always the same shows no progress. */
export const rolloutStateSaysWhenItIsDone: Rule = {
  id: 'rollout-state-says-when-it-is-done',
  level: 'warning',
  title: 'A rollout of ECS is watched by its rolloutState',
  why: 'The status of a deployment is PRIMARY, ACTIVE or INACTIVE: it says which deployment is the newest, from its first second on, and not how far it is. rolloutState is IN_PROGRESS, COMPLETED or FAILED (ECS API reference, Deployment). As long as old tasks run, running and desired counts agree too.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: watch, uses: shell.run, with: { command: "aws ecs describe-services --cluster shop --services api --query 'services[0].[runningCount,desiredCount,deployments[0].status]'" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: watch, uses: shell.run, with: { command: "aws ecs describe-services --cluster shop --services api --query 'services[0].deployments[0].rolloutState'" } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const call = awsCall(command);
      if (call?.service !== 'ecs' || call.operation !== 'describe-services') return [];
      const asked = `${call.get('query') ?? ''} ${filterBehind(command)}`;
      const field = STATUS.exec(asked)?.[0];
      if (field === undefined || /rolloutState|taskDefinition/.test(asked)) return [];
      return [
        {
          message: `${field} is PRIMARY from the first second of a deployment on, whether its tasks start or crash`,
          hint: 'Ask for deployments[0].rolloutState and wait for COMPLETED, or use aws ecs wait services-stable.',
        },
      ];
    }),
};

const STATUS = /deployments\[[^\]]*\](\.\[status\]|\.status|\.\{[^}]*\bstatus\b[^}]*\})/;

/** The filter of a jq that reads the answer. */
const filterBehind = ({ feeds }: ShellCommand): string =>
  feeds?.program === 'jq' ? feeds.words.map(({ value }) => value).join(' ') : '';
