import { parseSchedule } from '../../../lib/schedule.ts';
import { BACKUP_METHODS, type BackupPolicy } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** Two jobs that read everything at once are both late. */
export const copiesDoNotStartTogether: Rule = {
  id: 'copies-do-not-start-together',
  level: 'warning',
  title: 'Copies of one component do not start at the same minute',
  why: 'A snapshot and a dump both read the whole database. Started together they take each other the disk, both take longer, and the loss that the interval promises grows by as much.',
  bad: `
components: { database: { backups: [{ method: postgres.base_backup, every: "daily 02:00 UTC", takes: 1h }, { method: postgres.dump, every: "daily 02:00,14:00 UTC", takes: 1h }, { method: postgres.wal_stream }] } }
`,
  good: `
components: { database: { backups: [{ method: postgres.base_backup, every: "daily 02:00 UTC", takes: 1h }, { method: postgres.dump, every: "daily 04:00,16:00 UTC", takes: 1h }, { method: postgres.wal_stream }] } }
`,
  judge: ({ components }) =>
    Object.entries(components).flatMap(([name, { backups }]) =>
      backups.flatMap((policy, index) =>
        backups.slice(0, index).flatMap((earlier, at): readonly Complaint[] => {
          const both = timesOf(earlier).filter((time) => timesOf(policy).includes(time));
          if (both.length === 0 || earlier.method === policy.method) return [];
          return [
            {
              path: ['components', name, 'backups', index, 'every'],
              message: `${policy.method} and ${earlier.method} of ${name} both start at ${both.join(', ')}`,
              hint: 'Let one of them start when the other is over.',
              related: [{ path: ['components', name, 'backups', at, 'every'], message: String(earlier.every) }],
            },
          ];
        }),
      ),
    ),
};

/** The minutes at which a copy of everything starts, with their zone. */
function timesOf({ method, every }: BackupPolicy): readonly string[] {
  const schedule = every === undefined ? undefined : parseSchedule(every);
  if (BACKUP_METHODS[method].loses !== 'interval' || schedule?.kind !== 'daily') return [];
  return schedule.times.map((time) => `${time} ${schedule.zone}`);
}
