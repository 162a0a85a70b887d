import { parseSchedule } from '../../../lib/schedule.ts';
import type { Complaint, Rule } from '../../rule.ts';

const DAY = 86_400_000;

/** A plan ages with what it describes. */
export const reviewOverdue: Rule = {
  id: 'review-overdue',
  level: 'warning',
  title: 'The plan was reviewed when it said it would be',
  why: 'People leave, servers move, and the plan says what was true when it was read last. The clock of the check decides, not the text of the plan.',
  bad: `
plan: { review: { every: 30d, last: 2025-10-25 } }
`,
  good: `
plan: { review: { every: 365d, last: 2026-01-01 } }
`,
  judge({ plan: { review } }, { now }): readonly Complaint[] {
    const every = review && parseSchedule(review.every)?.longestGap;
    if (!review || every === undefined) return [];
    if (review.last === undefined || review.last === 'never') return [neverReviewed(review)];
    const last = Date.parse(review.last);
    const days = Math.floor((now.getTime() - last - every) / DAY);
    const path = ['plan', 'review', 'last'];
    if (last > now.getTime() + DAY)
      return [
        {
          path,
          message: `the last review is said to be on ${review.last}, which has not come yet`,
          hint: 'Write the day on which it was last reviewed.',
        },
      ];
    if (days <= 0) return [];
    return [
      {
        path,
        message: `the review is overdue by ${days} ${days === 1 ? 'day' : 'days'}: the last one was on ${review.last}, and they are every ${review.every}`,
        hint: 'Go through the plan, correct it, and write the day here.',
      },
    ];
  },
};

function neverReviewed({ every, last }: { readonly every: string; readonly last?: string | undefined }): Complaint {
  const message = last === 'never' ? 'the plan was never reviewed' : 'nothing says that the plan was ever reviewed';
  return {
    path: ['plan', 'review'],
    message: `${message}, and reviews are ${/^\d/.test(every) ? `every ${every}` : every}`,
    hint: 'Go through the plan, correct it, and write the day to last.',
  };
}
