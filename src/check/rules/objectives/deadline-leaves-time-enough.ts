import { formatDuration, parseDuration } from '../../../lib/duration.ts';
import { scenarioPath } from '../../critical-path.ts';
import type { Rule } from '../../rule.ts';

/** A run may take as long as its own steps say that they take. */
export const deadlineLeavesTimeEnough: Rule = {
  id: 'deadline-leaves-time-enough',
  level: 'error',
  title: 'A run is given at least the time that its steps take',
  why: 'A run that passes its deadline is paused, and waits for a person. When its steps take longer than that even at best, every recovery stops half way.',
  bad: `
scenarios:
  loss:
    deadline: 10m
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, expect: 30m }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    deadline: 2h
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, expect: 30m }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) =>
    Object.entries(plan.scenarios).flatMap(([name, { deadline }]) => {
      if (deadline === undefined) return [];
      const path = scenarioPath(plan, name);
      // Noticing comes before the run.
      const least = path.min - (path.stretches[0]?.min ?? 0);
      const limit = parseDuration(deadline) ?? 0;
      if (limit > 0 && limit >= least) return [];
      const message = `a run of ${name} may take ${deadline}, and its steps take at least ${formatDuration(least)}`;
      const hint = 'Write a longer deadline: what is under way is stopped when it passes, and a person must extend it.';
      return [{ path: ['scenarios', name, 'deadline'], message, hint }];
    }),
};
