import { formatDuration, parseDuration } from '../../../lib/duration.ts';
import { parseSchedule } from '../../../lib/schedule.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** As many times as copies should be looked at before the oldest of them is gone. */
const LOOKS = 3;

/** Monthly can be five weeks apart, and still is three times in 90 days. */
const LONG_MONTH = 1.2;

/** A backup that broke must be noticed while a good one is still kept. */
export const verifiedMoreOftenThanKept: Rule = {
  id: 'verified-more-often-than-kept',
  level: 'error',
  title: 'Copies are verified more often than they expire',
  why: 'When backups have stopped, the last good one expires after the retention. Who looks as rarely as that, or more rarely, finds out when nothing is left. Three looks within the retention leave time to act.',
  bad: `
components:
  database:
    backups:
      - { method: postgres.base_backup, every: 24h, takes: 1h, keep: 7d, verify: [{ how: restore, every: quarterly }] }
      - { method: postgres.wal_stream }
`,
  good: `
components:
  database:
    backups:
      - { method: postgres.base_backup, every: 24h, takes: 1h, keep: 30d, verify: [{ how: restore, every: weekly }, { how: age, every: daily }] }
      - { method: postgres.wal_stream }
`,
  judge: ({ components }) =>
    Object.entries(components).flatMap(([name, { backups }]) =>
      backups.flatMap(({ method, keep, verify }, index): readonly Complaint[] => {
        const kept = keep === undefined || keep === 'forever' ? undefined : parseDuration(keep);
        const best = verify
          .flatMap(({ every }, at) => {
            const gap = every === undefined ? undefined : parseSchedule(every)?.longestGap;
            return gap === undefined ? [] : [{ gap, every, at }];
          })
          .sort((a, b) => a.gap - b.gap)[0];
        if (!kept || !best || best.gap * LOOKS <= kept * LONG_MONTH) return [];
        const path = ['components', name, 'backups', index];
        return [
          {
            path: [...path, 'verify', best.at],
            level: best.gap >= kept ? 'error' : 'warning',
            message: `${method} of ${name} is verified ${best.every} (every ${formatDuration(best.gap)}), and kept only ${keep}`,
            hint: `Look at least every ${formatDuration(kept / LOOKS)}, if only at the age of the newest copy, or keep copies longer.`,
            related: [{ path: [...path, 'keep'], message: `kept ${keep}` }],
          },
        ];
      }),
    ),
};
