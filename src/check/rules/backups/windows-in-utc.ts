import { parseSchedule } from '../../../lib/schedule.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A window that moves with the summer is somewhere else half of the year. */
export const windowsInUtc: Rule = {
  id: 'windows-in-utc',
  level: 'warning',
  title: 'Backups that a service takes are scheduled in UTC',
  why: 'RDS and ElastiCache take their backup and maintenance windows in UTC (AWS documentation). A window that is written in local time is an hour off in summer, and three-letter zones such as EST do not say which half of the year they mean.',
  bad: `
components:
  database:
    backups:
      - { method: postgres.base_backup, every: "daily 03:00-04:00 EST", takes: 1h }
      - { method: postgres.wal_stream }
`,
  good: `
components:
  database:
    backups:
      - { method: postgres.base_backup, every: "daily 03:00-04:00 UTC", takes: 1h }
      - { method: postgres.wal_stream }
`,
  judge: ({ components }) =>
    Object.entries(components).flatMap(([name, { backups }]) =>
      backups.flatMap(({ method, every }, index): readonly Complaint[] => {
        const schedule = every === undefined ? undefined : parseSchedule(every);
        if (schedule?.kind !== 'daily' || /^(UTC|GMT|Z|Etc\/UTC)$/.test(schedule.zone)) return [];
        const managed = /^(rds|redis)\./.test(method);
        const short = /^[A-Z]{3,4}$/.test(schedule.zone);
        if (!managed && !short) return [];
        const why = managed
          ? `and ${method.startsWith('rds') ? 'RDS' : 'the service'} reads its windows in UTC`
          : 'which does not follow the summer';
        return [
          {
            path: ['components', name, 'backups', index, 'every'],
            message: `${method} of ${name} is scheduled ${every}, in ${schedule.zone}, ${why}`,
            hint: 'Write the hour in UTC.',
          },
        ];
      }),
    ),
};
