import { formatDuration } from '../../../lib/duration.ts';
import { parseSchedule } from '../../../lib/schedule.ts';
import type { PlanPath } from '../../../model/finding.ts';
import type { Complaint, Rule } from '../../rule.ts';

const DAY = 86_400_000;

/** What is due and not done is a hope. */
export const doneWhenDue: Rule = {
  id: 'done-when-due',
  level: 'warning',
  title: 'Drills, tasks and reviews were done when they were due',
  why: 'A drill that was planned for a day that has passed, without a record that it took place, has not taken place. The clock of the check decides.',
  bad: `
drills: { rehearsal: { last: 2026-01-01, every: monthly } }
`,
  good: `
drills: { rehearsal: { last: 2026-05-20, every: monthly } }
`,
  judge({ plan, drills, tasks }, { now }) {
    const all: readonly Due[] = [
      // Whether the review itself is overdue is judged by rule review-overdue; here only the day that was written down.
      ...(plan.review?.next === undefined
        ? []
        : [{ what: 'the review', next: plan.review.next, last: plan.review.last, path: ['plan', 'review'] }]),
      ...Object.entries(drills).map(([name, one]) => ({ what: `the drill ${name}`, ...one, path: ['drills', name] })),
      ...Object.entries(tasks).map(([name, one]) => ({ what: `the task ${name}`, ...one, path: ['tasks', name] })),
    ];
    return all.flatMap((due) => [...missed(due, now), ...overdue(due, now)].slice(0, 1));
  },
};

interface Due {
  readonly what: string;
  readonly every?: string;
  readonly next?: string | undefined;
  readonly last?: string | undefined;
  readonly path: PlanPath;
}

function missed({ what, next, last, path }: Due, now: Date): readonly Complaint[] {
  const done = last !== undefined && last !== 'never' && next !== undefined && last >= next;
  if (next === undefined || done || Date.parse(next) + DAY > now.getTime()) return [];
  const record =
    last === undefined
      ? 'nothing says that it was done'
      : `it was last done ${last === 'never' ? 'never' : `on ${last}`}`;
  return [
    {
      path: [...path, 'next'],
      message: `${what} was planned for ${next}, and ${record}`,
      hint: 'Do it, write the day to last, and plan the next one.',
    },
  ];
}

function overdue({ what, every, last, path }: Due, now: Date): readonly Complaint[] {
  const gap = every === undefined ? undefined : parseSchedule(every)?.longestGap;
  if (gap === undefined || last === undefined || last === 'never') return [];
  const late = now.getTime() - Date.parse(last) - gap - DAY;
  if (late <= 0) return [];
  return [
    {
      path: [...path, 'last'],
      message: `${what} is overdue by ${formatDuration(late)}: it was last done on ${last}, and is done ${every}`,
      hint: 'Do it, and write the day here.',
    },
  ];
}
