import { minutes, parseDuration } from '../../../lib/duration.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** Within the first half hour a ladder may well call the team one by one, until somebody answers. */
const LATE = minutes(30);

/** Whoever stands in the team is called at once; a ladder that calls the same role later says something else. */
export const calledAtOneTime: Rule = {
  id: 'called-at-one-time',
  level: 'warning',
  title: 'Matrix and ladder call a role at the same time',
  why: 'When the matrix puts a role into the team of a severity, and the ladder for that severity calls it only after an hour, half of the people follow the one and half the other.',
  bad: `
severities: { sev1: { title: Down, respond_within: 5m, team: [keeper] } }
escalation: { page: { until: resolved, levels: [{ after: 1h, to: [keeper] }] } }
`,
  good: `
severities: { sev1: { title: Down, respond_within: 5m, team: [keeper] } }
escalation: { page: { until: resolved, levels: [{ after: 0s, to: [keeper] }] } }
`,
  judge: (plan) =>
    Object.entries(plan.escalation).flatMap(([ladder, { severities, levels }]) => {
      const covered = Object.entries(plan.severities).filter(
        ([name]) => severities.length === 0 || severities.includes(name),
      );
      return levels.flatMap(({ after, to }, index): readonly Complaint[] => {
        if ((parseDuration(after) ?? 0) <= LATE) return [];
        const before = new Set(levels.slice(0, index).flatMap((level) => level.to));
        return covered.flatMap(([severity, { team }]): readonly Complaint[] => {
          const twice = to.filter((role) => team.includes(role) && !before.has(role));
          if (twice.length === 0) return [];
          return [
            {
              path: ['escalation', ladder, 'levels', index],
              message: `${twice.join(', ')} ${twice.length > 1 ? 'are' : 'is'} in the team of ${severity}, which is called at once, and ${ladder} calls ${twice.length > 1 ? 'them' : 'that role'} only after ${after}`,
              hint: 'Decide when they are called: take them out of the team, or call them at the first level.',
              related: [{ path: ['severities', severity, 'team'], message: 'in the team' }],
            },
          ];
        });
      });
    }),
};
