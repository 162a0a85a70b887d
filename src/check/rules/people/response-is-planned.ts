import type { Plan } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** How bad it is, who is called next, and what is learned from it. */
export const responseIsPlanned: Rule = {
  id: 'response-is-planned',
  level: 'warning',
  title: 'A plan for several disasters says how bad each is, who is called, and what follows',
  why: 'Steps bring a system back; severities, escalation and a review bring the right people to it, and keep it from happening again. NIST SP 800-61 counts preparation, notification and what is learned among the parts of every response.',
  bad: `
scenarios: { fire: { title: The machine room burns, loses: [database], detect_within: 5m, steps: [{ id: act, uses: postgres.verify_server }] } }
`,
  good: `
severities: { sev1: { title: Down, respond_within: 5m, team: [keeper] } }
escalation: { page: { until: acknowledged, levels: [{ after: 0s, to: [keeper] }] } }
post_mortem: { within: 2d }
scenarios: { fire: { title: The machine room burns, loses: [database], detect_within: 5m, steps: [{ id: act, uses: postgres.verify_server }] } }
`,
  judge(plan: Plan): readonly Complaint[] {
    const disasters = Object.values(plan.scenarios).filter(({ kind }) => kind === 'disaster' || kind === 'security');
    // Who keeps one database needs no matrix.
    if (disasters.length < 2) return [];
    const missing = [
      ...(Object.keys(plan.severities).length === 0 ? ['how bad an incident is (severities)'] : []),
      ...(Object.keys(plan.escalation).length === 0 ? ['who is called when nobody answers (escalation)'] : []),
      ...(plan.post_mortem === undefined ? ['what is looked back at afterwards (post_mortem)'] : []),
    ];
    if (missing.length === 0) return [];
    const message = `the plan has ${disasters.length} disasters, and does not say ${missing.join(', nor ')}`;
    return [{ path: ['plan'], message, hint: 'Add these parts: docs/reference/plan.md shows what they hold.' }];
  },
};
