import type { Plan } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A severity is a promise of who comes, and how soon. */
export const severitiesAreComplete: Rule = {
  id: 'severities-are-complete',
  level: 'warning',
  title: 'A severity says how soon somebody works on it, and who is called when nobody does',
  why: 'Without a time to respond and a ladder behind it, a severity is a word: nobody can say that an answer is late, so nobody else is called.',
  bad: `
severities: { sev1: { title: Down, respond_within: 5m, team: [keeper] }, sev2: { title: Partly down, team: [keeper] } }
escalation: { page: { until: acknowledged, levels: [{ after: 0s, to: [keeper] }] } }
`,
  good: `
severities: { sev1: { title: Down, respond_within: 5m, team: [keeper] }, sev2: { title: Partly down, respond_within: 30m, team: [keeper] } }
escalation: { page: { until: acknowledged, levels: [{ after: 0s, to: [keeper] }] } }
`,
  judge: (plan) => {
    // Of several that say nothing at all a rule about each would be noise: nobody has begun to fill the matrix.
    const names = Object.keys(plan.severities);
    return names.flatMap((name, index) => judgeSeverity(plan, name, index));
  },
};

function judgeSeverity(plan: Plan, name: string, index: number): readonly Complaint[] {
  const { respond_within, team } = plan.severities[name] as Plan['severities'][string];
  const ladders = Object.values(plan.escalation);
  const laddered = ladders.some(({ severities }) => severities.length === 0 || severities.includes(name));
  const missing = [
    ...(respond_within === undefined ? ['how soon somebody works on it (respond_within)'] : []),
    // The last ones of a matrix can wait until people are at work.
    ...(!laddered && index < 2 ? ['who is called when nobody answers (escalation)'] : []),
    ...(team.length === 0 && !laddered ? ['who works on it (team)'] : []),
  ];
  if (missing.length === 0) return [];
  return [
    {
      path: ['severities', name],
      message: `nothing says of ${name} ${missing.join(', nor ')}`,
      hint: 'Write it: the matrix is what people look at first when they are woken.',
    },
  ];
}
