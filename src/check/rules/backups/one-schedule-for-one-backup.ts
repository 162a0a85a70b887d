import type { PlanPath } from '../../../model/finding.ts';
import type { BackupPolicy, Plan } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** One backup that is described twice is described wrongly once. */
export const oneScheduleForOneBackup: Rule = {
  id: 'one-schedule-for-one-backup',
  level: 'error',
  title: 'Two policies do not say different things of one kind of backup',
  why: 'When one place says that a snapshot is taken every day and another that it is taken every six hours, one of them is believed on the day it counts. Copies into other places belong into copies of the same policy.',
  bad: `
components:
  database:
    backups:
      - { method: postgres.base_backup, every: 24h, takes: 1h }
      - { method: postgres.base_backup, every: 6h, takes: 1h }
      - { method: postgres.wal_stream }
`,
  good: `
components:
  database:
    backups:
      - { method: postgres.base_backup, every: 24h, takes: 1h }
      - { method: postgres.base_backup, every: before a migration }
      - { method: postgres.wal_stream }
`,
  judge: ({ components }: Plan) =>
    Object.entries(components).flatMap(([name, { backups }]) =>
      backups.flatMap((policy, index): readonly Complaint[] => {
        const earlier = backups.findIndex((other, at) => at < index && contradicts(other, policy));
        const first = backups[earlier];
        if (first === undefined) return [];
        const both =
          first.method === policy.method ? policy.method : `the snapshot (${first.method}, ${policy.method})`;
        const path: PlanPath = ['components', name, 'backups'];
        const said =
          first.every === policy.every
            ? `kept ${first.keep} and ${policy.keep}`
            : `taken ${first.every} and ${policy.every}`;
        return [
          {
            path: [...path, index],
            ...(first.method === policy.method ? {} : { level: 'warning' as const }),
            message: `${both} of ${name} is described twice: it is ${said}`,
            hint: 'Write it once, with what is true. Other places in which it is kept belong into its copies.',
            related: [{ path: [...path, earlier], message: 'the other description' }],
          },
        ];
      }),
    ),
};

/** A snapshot is a snapshot, whoever takes it: documents mix the two up. */
const kindOf = ({ method }: BackupPolicy): string =>
  method === 'rds.automated' || method === 'rds.snapshot' ? 'rds' : method;

/** Full and rare ones beside frequent ones are a rotation when they are kept longer or elsewhere; events are occasions of their own. */
function contradicts(one: BackupPolicy, other: BackupPolicy): boolean {
  if (kindOf(one) !== kindOf(other) || one.every === undefined || other.every === undefined) return false;
  if (isOccasion(one.every) || isOccasion(other.every)) return false;
  if (one.every === other.every)
    return one.keep !== undefined && other.keep !== undefined && one.keep !== other.keep && samePlaces(one, other);
  const rotation = one.keep !== undefined && other.keep !== undefined && one.keep !== other.keep;
  return !rotation && samePlaces(one, other);
}

const isOccasion = (every: string): boolean => /^(before|after|within) /i.test(every);

const samePlaces = (one: BackupPolicy, other: BackupPolicy): boolean => {
  const [a, b] = [one, other].map(({ copies }) =>
    copies
      .map(({ domain }) => domain)
      .sort()
      .join(),
  );
  return a === b;
};
