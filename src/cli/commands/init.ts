import { initPlan } from '../../usecases/init-plan.ts';
import { defineCommand, PLAN_WORD, text } from '../define-command.ts';

export const initCommand = defineCommand({
  name: 'init',
  summary: 'Write a plan to start from, with a new key; make the repository with --repository.',
  details:
    'Nothing that exists is overwritten. In a folder that has a plan, --repository makes the repository it names.',
  examples: [
    'lifeboat init',
    'lifeboat init --repository /mnt/backups/orders',
    "lifeboat init --repository 's3://my-bucket/orders?region=eu-west-1'",
  ],
  args: { plan: PLAN_WORD },
  flags: {
    repository: text(
      'PLACE',
      'Folder of the repository of backups, best on another machine or disk; or a bucket: s3://BUCKET/PREFIX?region=REGION.',
    ),
  },
  fails: ['USAGE', 'PLAN_INVALID', 'TARGET_NOT_EMPTY', 'TARGET_DENIED', 'TARGET_UNREACHABLE', 'REPOSITORY_MISSING'],
  run: ({ repository }, services) => initPlan(repository, services),
  print: ({ plan, key, repository }) =>
    [
      ...(plan ? [`Plan: ${plan}`] : []),
      ...(key ? [`Key:  ${key.file} (public half ${key.recipient})`] : []),
      ...(repository ? [`Repository: ${repository}`] : []),
      ...(key ? ['Copy the key to a safe place away from this machine: without it nobody can restore.'] : []),
      'Next: edit the plan, then: lifeboat check',
    ].join('\n'),
});
