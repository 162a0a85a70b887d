import { formatDuration } from '../../lib/duration.ts';
import { ERRORS } from '../../model/errors.ts';
import { type StreamResult, streamLog } from '../../usecases/stream-log.ts';
import { type BackupResult, takeBackup } from '../../usecases/take-backup.ts';
import { defineCommand, optional, text, toggle } from '../define-command.ts';

export const backupCommand = defineCommand({
  name: 'backup',
  summary: 'Take recovery points now, or keep the write-ahead log with --stream.',
  details: '--stream runs until Ctrl-C or SIGTERM and goes on by itself after an interruption of the server.',
  examples: ['lifeboat backup', 'lifeboat backup database --method dump', 'lifeboat backup database --stream'],
  args: { component: optional('The component. Default: every one that has backups in the plan.') },
  flags: {
    method: text('METHOD', 'Only this one: base_backup or dump.'),
    stream: toggle('Keep the write-ahead log continuously, so that every moment can be returned to.'),
  },
  fails: [
    'USAGE',
    'PLAN_INVALID',
    'SECRET_MISSING',
    'REPOSITORY_MISSING',
    'TARGET_UNREACHABLE',
    'TARGET_DENIED',
    'TARGET_FAILED',
    'BINARY_MISSING',
    'DISK_FULL',
    'LOG_GAP',
    'VERIFICATION_FAILED',
  ],
  async run({ component, method, stream }, services, screen): Promise<BackupResult | StreamResult> {
    const request = { ...(component === undefined ? {} : { component }), signal: screen.signal, log: screen.say };
    if (stream) return streamLog(request, services);
    return takeBackup({ ...request, ...(method === undefined ? {} : { method }) }, services);
  },
  print(result, paint) {
    if (!('taken' in result))
      return `Stopped. The log of ${result.component} is kept up to ${result.flushed ?? 'nothing new'}.`;
    const lines = result.taken.map(
      ({ component, method, backup, seconds }) =>
        `${paint.good('✔')} ${component}: ${method} ${backup} in ${formatDuration(seconds * 1000)}`,
    );
    const failed = result.error
      ? [`${paint.bad('✘')} ${result.error.message}`, `  → ${result.error.hint}`, `  (${result.error.code})`]
      : [];
    return [...lines, ...failed, `In ${result.repository}. Next: lifeboat points`].join('\n');
  },
  exit: (result) => ('error' in result && result.error ? ERRORS[result.error.code].exit : 0),
});
