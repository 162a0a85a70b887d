import { type PruneResult, prune } from '../../usecases/prune.ts';
import { defineCommand, optional, toggle } from '../define-command.ts';
import { pruneText } from '../prune-text.ts';

export const pruneCommand = defineCommand({
  name: 'prune',
  summary: 'Say which backups the plan no longer keeps, and why; remove them with --remove.',
  details:
    'repository.keep, or keep of a backup, says what stays. Nothing goes before a newer backup of the same method was proven by a restore.\n' +
    'Log stays from the oldest backup on that stays. What a backup left that was broken off more than a day ago goes too.',
  examples: ['lifeboat prune', 'lifeboat prune database', 'lifeboat prune --remove'],
  args: { component: optional('The component. Default: every one that has backups in the plan.') },
  flags: { remove: toggle('Remove it. Without this nothing is changed.') },
  fails: [
    'USAGE',
    'PLAN_INVALID',
    'REPOSITORY_MISSING',
    'RUN_LOCKED',
    'OBJECT_DAMAGED',
    'TARGET_DENIED',
    'TARGET_FAILED',
    'TARGET_UNREACHABLE',
    'INTERRUPTED',
  ],
  run: ({ component, remove }, services, screen): Promise<PruneResult> =>
    prune({ component, remove, signal: screen.signal, log: screen.say }, services),
  print: pruneText,
});
