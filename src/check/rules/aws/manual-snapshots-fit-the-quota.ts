import { parseDuration } from '../../../lib/duration.ts';
import { parseSchedule } from '../../../lib/schedule.ts';
import type { BackupPolicy } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** When the shelf is full, the next snapshot is refused. */
export const manualSnapshotsFitTheQuota: Rule = {
  id: 'manual-snapshots-fit-the-quota',
  level: 'warning',
  title: 'The manual RDS snapshots that are kept stay below the quota',
  why: 'An account may keep 100 manual snapshots of RDS instances in a region unless it asks for more; beyond that every new one ends with SnapshotQuotaExceeded. Automated snapshots do not count, nor does what AWS Backup keeps, e.g. locked for a time (RDS user guide, quotas and constraints, and using AWS Backup).',
  bad: `
components: { stock: { kind: database, domain: machine, objectives: { rto: 1h, rpo: 24h }, backups: [{ method: rds.snapshot, every: 6h, takes: 10m, keep: 30d }] } }
`,
  good: `
components: { stock: { kind: database, domain: machine, objectives: { rto: 1h, rpo: 24h }, backups: [{ method: rds.snapshot, every: 6h, takes: 10m, keep: 14d }] } }
`,
  judge: ({ components }) =>
    Object.entries(components).flatMap(([name, { backups }]) =>
      backups.flatMap((policy, index): readonly Complaint[] => {
        const kept = keptAtOnce(policy);
        if (kept === undefined || kept <= QUOTA) return [];
        return [
          {
            path: ['components', name, 'backups', index],
            message: `${kept} manual snapshots of ${name} are kept at once (${policy.every}, for ${policy.keep}), and an account may have ${QUOTA} in a region: the next one is refused`,
            hint: `Keep them for a shorter time, take fewer, ask for a higher quota, or let point-in-time recovery cover the hours.`,
          },
        ];
      }),
    ),
};

const QUOTA = 100;

function keptAtOnce({ method, every, keep, copies }: BackupPolicy): number | undefined {
  if (method !== 'rds.snapshot' || every === undefined || keep === undefined || keep === 'forever') return undefined;
  if (copies.some(({ immutable }) => immutable !== undefined)) return undefined;
  const gap = parseSchedule(every)?.longestGap;
  const span = parseDuration(keep);
  return gap === undefined || gap === 0 || span === undefined ? undefined : Math.floor(span / gap);
}
