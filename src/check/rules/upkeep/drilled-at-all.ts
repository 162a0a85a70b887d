import type { Complaint, Rule } from '../../rule.ts';

/** What was never rehearsed does not work. */
export const drilledAtAll: Rule = {
  id: 'drilled-at-all',
  level: 'warning',
  title: 'Every disaster is rehearsed, and somebody can say when it was last',
  why: 'Times that were never measured are guesses, and steps that were never carried out have never worked. A schedule without a single day on which it was kept says the same.',
  bad: `
drills: { rehearsal: { last: never } }
`,
  good: `
drills: { rehearsal: { last: 2026-05-20 } }
`,
  judge({ drills, scenarios }) {
    const all = Object.entries(drills);
    if (all.length === 0)
      return Object.keys(scenarios).length === 0
        ? []
        : [
            {
              path: ['scenarios'],
              message: 'nothing of this plan is ever rehearsed',
              hint: 'Add drills: which scenario, in which environment, how often.',
            },
          ];
    const undone = all
      .filter(([, { last }]) => last === undefined || last === 'never')
      .map(([name, { every, last }]): Complaint => {
        const record = last === 'never' ? 'it has never taken place' : 'nothing says that it ever took place';
        return {
          path: ['drills', name],
          message: `the drill ${name} is due ${every}, and ${record}`,
          hint: 'Carry it out, and write the day to last.',
        };
      });
    const rehearsed = new Set(all.flatMap(([, one]) => one.scenarios));
    const missing = Object.entries(scenarios)
      .filter(([name, { kind }]) => kind === 'disaster' && !rehearsed.has(name))
      .map(
        ([name]): Complaint => ({
          path: ['scenarios', name],
          message: `no drill rehearses ${name}`,
          hint: `Add ${name} to the scenarios of a drill.`,
        }),
      );
    return [...undone, ...missing];
  },
};
