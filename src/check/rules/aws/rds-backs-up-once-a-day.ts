import { formatDuration, hours } from '../../../lib/duration.ts';
import { parseSchedule } from '../../../lib/schedule.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** An interval that cannot be set is not kept. */
export const rdsBacksUpOnceADay: Rule = {
  id: 'rds-backs-up-once-a-day',
  level: 'error',
  title: 'Automated RDS snapshots are planned once a day, as RDS takes them',
  why: 'RDS takes one automated snapshot a day, in the backup window; only the window and how long they are kept can be set. Every moment in between comes from the logs, by point-in-time recovery (RDS user guide, working with backups). A plan that counts on one every few hours counts on copies nobody takes.',
  bad: `
components: { stock: { kind: database, domain: machine, objectives: { rto: 1h, rpo: 24h }, backups: [{ method: rds.automated, every: 6h, takes: 10m }] } }
`,
  good: `
components: { stock: { kind: database, domain: machine, objectives: { rto: 1h, rpo: 24h }, backups: [{ method: rds.automated, every: daily 03:00-04:00 UTC, takes: 10m }, { method: rds.point_in_time }] } }
`,
  judge: ({ components }) =>
    Object.entries(components).flatMap(([name, { backups }]) =>
      backups.flatMap(({ method, every }, index): readonly Complaint[] => {
        const gap = method === 'rds.automated' && every !== undefined ? parseSchedule(every)?.longestGap : undefined;
        if (gap === undefined || gap === 0 || gap >= hours(24)) return [];
        return [
          {
            path: ['components', name, 'backups', index, 'every'],
            message: `automated snapshots of ${name} are said to be taken at least every ${formatDuration(gap)}: RDS takes one a day, and has no setting for more`,
            hint: 'Write "daily" with its window, and add rds.point_in_time for the time in between, or rds.snapshot when something of yours takes more (AWS Backup, a schedule).',
          },
        ];
      }),
    ),
};
