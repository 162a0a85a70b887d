import type { PlanPath } from '../../../model/finding.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** What comes next comes after what was. */
export const datesFollowEachOther: Rule = {
  id: 'dates-follow-each-other',
  level: 'error',
  title: 'What is planned next lies after the last change and the last time',
  why: 'A next drill that lies before the last change of the document was copied from somewhere, or never moved: nobody will do it.',
  bad: `
plan: { updated: 2026-03-01, review: { next: 2026-02-01 } }
`,
  good: `
plan: { updated: 2026-03-01, review: { next: 2027-01-01 } }
`,
  judge({ plan, drills }) {
    const review = {
      what: 'the next review',
      next: plan.review?.next,
      last: plan.review?.last,
      path: ['plan', 'review'],
    };
    const others = Object.entries(drills).map(([name, { next, last }]) => ({
      what: `the next drill ${name}`,
      next,
      last,
      path: ['drills', name],
    }));
    return [review, ...others].flatMap(({ what, next, last, path }): readonly Complaint[] => {
      if (next === undefined) return [];
      const late =
        plan.updated !== undefined && next < plan.updated
          ? { day: plan.updated, said: 'this plan was changed', at: ['plan', 'updated'] as PlanPath }
          : undefined;
      const before =
        last !== undefined && last !== 'never' && next <= last
          ? { day: last, said: 'it was last done', at: [...path, 'last'] as PlanPath }
          : undefined;
      const other = late ?? before;
      if (!other) return [];
      return [
        {
          path: [...path, 'next'],
          message: `${what} is planned for ${next}, and ${other.said} on ${other.day}`,
          hint: 'Write the day on which it will be done.',
          related: [{ path: other.at, message: `${other.day}` }],
        },
      ];
    });
  },
};
