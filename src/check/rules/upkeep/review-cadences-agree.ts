import { parseSchedule } from '../../../lib/schedule.ts';
import type { PlanPath } from '../../../model/finding.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A review that is due monthly on page one and quarterly on page nine is done quarterly, or not. */
export const reviewCadencesAgree: Rule = {
  id: 'review-cadences-agree',
  level: 'warning',
  title: 'The review of the plan is due equally often wherever it is written',
  why: 'Of two cadences the more convenient one is kept.',
  bad: `
tasks: { plan-review: { title: The plan is reviewed, every: monthly, last: 2026-05-20 } }
`,
  good: `
tasks: { plan-review: { title: The plan is reviewed, every: 365d, last: 2026-05-20 } }
`,
  judge({ plan, drills, tasks }) {
    const every = plan.review?.every;
    if (every === undefined) return [];
    const others: readonly { readonly what: string; readonly every: string; readonly path: PlanPath }[] = [
      ...Object.entries(drills).flatMap(([name, one]) =>
        one.kind === 'review' ? [{ what: `the drill ${name}`, every: one.every, path: ['drills', name, 'every'] }] : [],
      ),
      ...Object.entries(tasks).flatMap(([name, one]) =>
        REVIEWS.test(`${name.replaceAll(/[-_]/g, ' ')} ${one.title}`)
          ? [{ what: `the task ${name}`, every: one.every, path: ['tasks', name, 'every'] }]
          : [],
      ),
    ];
    return others.flatMap((other): readonly Complaint[] => {
      const [a, b] = [every, other.every].map((text) => parseSchedule(text)?.longestGap);
      if (a === undefined || b === undefined || Math.abs(a - b) <= a * NEAR) return [];
      return [
        {
          path: other.path,
          message: `${other.what} reviews this plan ${other.every}, and plan.review says ${every}`,
          hint: 'Decide on one cadence, and write it in both places.',
          related: [{ path: ['plan', 'review', 'every'], message: every }],
        },
      ];
    });
  },
};

const REVIEWS =
  /\b(plan|document|documentation|runbook)s?\b.*\breview|\breview\w*\b.*\b(plan|document|documentation|runbook)s?\b/i;

/** Half a year and 180 days are the same. */
const NEAR = 0.15;
