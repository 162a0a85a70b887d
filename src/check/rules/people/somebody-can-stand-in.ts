import type { PlanPath } from '../../../model/finding.ts';
import type { Plan } from '../../../model/plan.ts';
import { reachOf } from '../../reach.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** The one person who may say yes is on a plane that night. */
export const somebodyCanStandIn: Rule = {
  id: 'somebody-can-stand-in',
  level: 'warning',
  title: 'Nothing hangs on a single person',
  why: 'An approval that only one person may give stops the recovery when that person is ill, asleep, or is the one who started it: nobody approves what he began himself. And a plan of which one person is owner, keeper and receiver of every alarm is lost together with that person.',
  bad: `
roles: { keeper: { people: [ann] } }
`,
  good: `
roles: { keeper: { people: [ann, bob] } }
`,
  judge: (plan) => [...loneApprovers(plan), ...loneKeeper(plan)],
};

const HINT = 'Name a second person for the role, who can be reached on another way.';

function loneApprovers(plan: Plan): readonly Complaint[] {
  const asked = new Map<string, PlanPath>();
  for (const part of ['scenarios', 'procedures'] as const)
    for (const [name, { steps }] of Object.entries(plan[part]))
      for (const [index, { approve }] of steps.entries())
        if (approve && !asked.has(approve.role))
          asked.set(approve.role, [part, name, 'steps', index, 'approve', 'role']);
  return [...asked].flatMap(([role, path]): readonly Complaint[] => {
    const { people, vendor } = reachOf(plan, role);
    if (people.length !== 1 || vendor !== undefined) return [];
    const message = `only ${people[0]} has the role ${role}, and steps wait for its approval`;
    return [{ path: ['roles', role], message, hint: HINT, related: [{ path, message: `${role} approves this step` }] }];
  });
}

function loneKeeper(plan: Plan): readonly Complaint[] {
  const everybody = Object.keys(plan.people);
  if (everybody.length !== 1 || Object.keys(plan.scenarios).length === 0) return [];
  const message = `${everybody[0]} is the only person in this plan: nobody else can be called`;
  return [{ path: ['people', everybody[0] as string], message, hint: HINT }];
}
