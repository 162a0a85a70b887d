import { TAKEN_METHODS } from '../../../model/plan.ts';
import type { Rule } from '../../rule.ts';

/** Retention that nobody's proof ever lets begin. */
export const keptCopiesAreProven: Rule = {
  id: 'kept-copies-are-proven',
  level: 'warning',
  title: 'Where old copies are to be removed, new ones are proven by a restore',
  why: 'lifeboat prune removes no backup before a newer one of the same method was proven by a restore. Where the plan restores none to look at it, the repository only grows, until its disk is full or its price is noticed.',
  bad: `
repository: { keep: { last: 7 } }
`,
  good: `
repository: { keep: { last: 7 } }
components:
  database:
    backups:
      - { method: postgres.base_backup, every: 24h, takes: 1h, verify: [{ how: restore, every: weekly }] }
      - { method: postgres.wal_stream }
`,
  judge: ({ repository, components }) => {
    if (repository?.keep === undefined) return [];
    return Object.entries(components).flatMap(([name, { backups }]) =>
      backups.flatMap(({ method, verify, keep }, index) => {
        const taken = (TAKEN_METHODS as readonly string[]).includes(method);
        const proven = verify.some(({ how }) => how === 'restore');
        if (!taken || proven || keep === 'forever') return [];
        return [
          {
            path: ['components', name, 'backups', index],
            message: `old copies by ${method} of ${name} are to be removed, and no new one is ever restored to look at it: none will be`,
            hint: 'Add verify: [{ how: restore, every: weekly }].',
            related: [{ path: ['repository', 'keep'], message: 'what is kept' }],
          },
        ];
      }),
    );
  },
};
