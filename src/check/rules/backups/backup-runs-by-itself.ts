import { BACKUP_METHODS } from '../../../model/plan.ts';
import type { Rule } from '../../rule.ts';

/** What somebody has to remember is not taken on the day before the loss. */
export const backupRunsByItself: Rule = {
  id: 'backup-runs-by-itself',
  level: 'warning',
  title: 'Each backup has a schedule, and an end of its keeping',
  why: 'A copy that is taken when somebody starts a script has no age that one can rely on. One that is kept for nobody knows how long piles up until a quota refuses the next one: a region of AWS takes 100 manual snapshots of databases (RDS user guide, quotas).',
  bad: `
components:
  database: { backups: [{ method: postgres.dump }, { method: postgres.base_backup, every: 6h, takes: 1h }, { method: postgres.wal_stream }] }
`,
  good: `
components:
  database: { backups: [{ method: postgres.dump, every: 24h, keep: 30d }, { method: postgres.base_backup, every: 6h, takes: 1h }, { method: postgres.wal_stream }] }
`,
  judge: ({ components }) =>
    Object.entries(components).flatMap(([name, { backups }]) =>
      backups.flatMap(({ method, every, keep }, index) => {
        if (BACKUP_METHODS[method].loses !== 'interval' || every !== undefined) return [];
        const kept = keep === undefined ? ', and nothing says how long it is kept' : '';
        return [
          {
            path: ['components', name, 'backups', index],
            message: `nothing says when ${method} of ${name} is taken${kept}: its newest copy may be of any age`,
            hint: 'Add every: … and keep: …, and let a scheduler start it that tells somebody when it fails or did not run.',
          },
        ];
      }),
    ),
};
