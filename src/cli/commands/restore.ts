import { formatDuration } from '../../lib/duration.ts';
import { KnownError } from '../../model/errors.ts';
import { discardSide, type RestoreResult, restoreSide } from '../../usecases/restore-side.ts';
import { defineCommand, needed, text } from '../define-command.ts';

export const restoreCommand = defineCommand({
  name: 'restore',
  summary: 'Restore a database beside the running one, to look and to copy from.',
  details: 'Production is not touched. The side instance is read only and stays until it is discarded.',
  examples: [
    'lifeboat restore database --to latest',
    'lifeboat restore database --to 2026-01-14T03:05:00Z',
    'lifeboat restore database --discard INSTANCE',
  ],
  args: { component: needed('The component.') },
  flags: {
    to: text('TARGET', 'latest, a moment with its time zone, a log position such as 0/3000028, or a recovery point.'),
    discard: text('INSTANCE', 'Stop and remove a side instance.'),
  },
  fails: [
    'USAGE',
    'PLAN_INVALID',
    'REPOSITORY_MISSING',
    'OBJECT_DAMAGED',
    'KEY_WRONG',
    'KEY_MISSING',
    'POINT_NOT_FOUND',
    'LOG_GAP',
    'BINARY_MISSING',
    'DISK_FULL',
    'VERIFICATION_FAILED',
  ],
  async run(
    { component, to, discard },
    services,
    screen,
  ): Promise<RestoreResult | { component: string; instance: string }> {
    const common = { component, signal: screen.signal, log: screen.say };
    if (discard !== undefined && to === undefined) return discardSide({ ...common, instance: discard }, services);
    if (to !== undefined && discard === undefined) return restoreSide({ ...common, to }, services);
    throw new KnownError('USAGE', 'one of --to and --discard is needed', 'For the newest moment: --to latest');
  },
  print(result, paint) {
    if (!('output' in result)) return `${result.instance} is stopped and removed.`;
    const { component, to, seconds, instance, connect, output } = result;
    return [
      `${paint.good('✔')} ${component} restored to ${to} in ${formatDuration(seconds * 1000)}, beside production`,
      `  From the backup ${output.backup}, replayed up to ${output.reached_lsn}. It is read only.`,
      `To look into it: ${connect}`,
      `When you are done: lifeboat restore ${component} --discard ${instance}`,
    ].join('\n');
  },
});
