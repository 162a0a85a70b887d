import type { Plan } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** The incident is the only drill that nobody had to plan. */
export const reportComparesWithTheObjectives: Rule = {
  id: 'report-compares-with-the-objectives',
  level: 'warning',
  title: 'The report of an incident says what was promised, what was kept, and how bad it was',
  why: 'An incident measures RTO and RPO for real. A report without them lets the objectives stay wishes. And a report that knows fewer severities than the matrix leaves some incidents without one.',
  bad: `
severities: { sev1: { title: Down, respond_within: 5m, team: [keeper] }, sev2: { title: Slow, respond_within: 1h, team: [keeper] } }
escalation: { page: { until: acknowledged, levels: [{ after: 0s, to: [keeper] }] } }
post_mortem: { fields: [timeline, root cause, action items] }
`,
  good: `
severities: { sev1: { title: Down, respond_within: 5m, team: [keeper] }, sev2: { title: Slow, respond_within: 1h, team: [keeper] } }
escalation: { page: { until: acknowledged, levels: [{ after: 0s, to: [keeper] }] } }
post_mortem: { fields: [timeline, RTO and RPO promised and kept, root cause, "severity (sev1, sev2)", action items] }
`,
  judge: (plan) => [...withoutObjectives(plan), ...withoutSeverity(plan)],
};

const fieldsOf = ({ post_mortem }: Plan): readonly string[] => post_mortem?.fields ?? [];

function withoutObjectives(plan: Plan): readonly Complaint[] {
  const fields = fieldsOf(plan);
  const missing = ['RTO', 'RPO'].filter((word) => !fields.some((field) => WORDS[word]?.test(field)));
  if (fields.length === 0 || missing.length === 0) return [];
  return [
    {
      path: ['post_mortem', 'fields'],
      message: `the report of an incident does not ask for ${missing.join(' and ')}`,
      hint: 'Add what was promised and what was reached: a run of Lifeboat measures both.',
    },
  ];
}

const WORDS: Readonly<Record<string, RegExp>> = {
  RTO: /\brto\b|recovery time/i,
  RPO: /\brpo\b|recovery point|data loss|lost data/i,
};

/** Only a field that lists severities by their names can leave one out. */
function withoutSeverity(plan: Plan): readonly Complaint[] {
  const names = Object.keys(plan.severities);
  return fieldsOf(plan).flatMap((field, index): readonly Complaint[] => {
    const words = field.toLowerCase().split(/[^a-z0-9]+/);
    const named = names.filter((name) => words.includes(name.toLowerCase()));
    const left = names.filter((name) => !named.includes(name));
    const isRange = /\bto\b|\.\.|–/.test(field);
    if (named.length < 2 || left.length === 0 || isRange) return [];
    return [
      {
        path: ['post_mortem', 'fields', index],
        message: `the report knows ${named.join(', ')}, and the matrix also has ${left.join(', ')}`,
        hint: 'Name every severity, or leave the list out.',
      },
    ];
  });
}
