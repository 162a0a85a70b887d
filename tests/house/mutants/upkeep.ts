import type { Edit, Operator } from './mutant.ts';
import { scenariosOf } from './places.ts';

/** What was rehearsed once, reviewed once, or filled in once. */
export const UPKEEP: readonly Operator[] = [
  {
    name: 'a disaster is rehearsed no more',
    rule: 'drilled-at-all',
    places: (plan) =>
      scenariosOf(plan)
        .filter(([name, { kind }]) => kind === 'disaster' && isRehearsed(plan, name))
        .map(([name]) => ({
          at: ['scenarios', name],
          edits: drillsOf(plan, name).map(
            ([drill, { scenarios }]): Edit => [['drills', drill, 'scenarios'], scenarios.filter((one) => one !== name)],
          ),
        })),
  },
  {
    name: 'a drill was never carried out',
    rule: 'drilled-at-all',
    places: (plan) =>
      Object.keys(plan.drills).map((name) => ({
        at: ['drills', name],
        edits: [[['drills', name, 'last'], 'never']],
      })),
  },
  {
    name: 'a drill was last carried out years ago',
    rule: 'done-when-due',
    places: (plan) =>
      Object.keys(plan.drills).map((name) => ({
        at: ['drills', name, 'last'],
        edits: [[['drills', name, 'last'], '2019-01-02']],
      })),
  },
  {
    name: 'a task is not done any more',
    rule: 'done-when-due',
    places: (plan) =>
      Object.entries(plan.tasks)
        .filter(([, { last }]) => last !== undefined && last !== 'never')
        .map(([name]) => ({
          at: ['tasks', name, 'last'],
          edits: [[['tasks', name, 'last'], '2019-01-02']],
        })),
  },
  {
    name: 'the last review is long past',
    rule: 'review-overdue',
    places: () => [{ at: ['plan', 'review', 'last'], edits: [[['plan', 'review', 'last'], '2024-01-02']] }],
  },
  {
    name: 'the next review lies before the last change',
    rule: 'dates-follow-each-other',
    companions: ['done-when-due'],
    places: (plan) =>
      plan.plan.updated === undefined
        ? []
        : [{ at: ['plan', 'review', 'next'], edits: [[['plan', 'review', 'next'], '2024-01-02']] }],
  },
  {
    name: 'a file that a step needs is missing',
    rule: 'files-are-at-hand',
    places: (plan) =>
      Object.keys(plan.files).map((file) => ({
        at: ['files', file],
        edits: [[['files', file, 'content'], 'missing']],
      })),
  },
  {
    name: 'a password is written into the plan',
    rule: 'literal-secret',
    places: (plan) =>
      Object.keys(plan.components)
        .slice(0, 1)
        .map((name) => {
          const at = ['components', name, 'ids', 'password'];
          return { at, edits: [[at, 'correct-horse-battery']] };
        }),
  },
  {
    name: 'the owner of the plan is a role that there is not',
    rule: 'plan.reference',
    // Who kept the plan before is perhaps called by nobody else.
    companions: ['roles-are-reachable'],
    places: () => [{ at: ['plan', 'owner'], edits: [[['plan', 'owner'], 'somebody-else']] }],
  },
];

type Plan = Parameters<Operator['places']>[0];

const drillsOf = (plan: Plan, scenario: string) =>
  Object.entries(plan.drills).filter(([, { scenarios }]) => scenarios.includes(scenario));

/** By drills that are not made of its own steps: those could not be said any more. */
const isRehearsed = (plan: Plan, scenario: string): boolean => {
  const drills = drillsOf(plan, scenario);
  return drills.length > 0 && drills.every(([, { steps }]) => steps === undefined);
};
