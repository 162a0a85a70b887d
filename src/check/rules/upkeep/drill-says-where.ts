import type { Plan } from '../../../model/plan.ts';
import type { Rule } from '../../rule.ts';

/** A drill that breaks something must not break production. */
export const drillSaysWhere: Rule = {
  id: 'drill-says-where',
  level: 'warning',
  title: 'A drill that restores, fails over or breaks something says in which environment',
  why: 'A rehearsal does what the emergency does: it stops, overwrites and deletes. Where nothing says in which environment it takes place, and the plan has one for that, it takes place in the one people are logged in to, and a simulated failure of production is a failure. A drill without an environment and without steps of its own cannot be repeated either.',
  bad: `
drills: { rehearsal: { title: All is brought back, kind: restore, scenarios: [loss], every: monthly, last: 2026-05-20 } }
environments: { drill: { protected: false } }
`,
  good: `
drills: { rehearsal: { title: All is brought back, kind: restore, scenarios: [loss], every: monthly, last: 2026-05-20, environment: drill } }
environments: { drill: { protected: false } }
`,
  judge(plan) {
    const open = Object.entries(plan.environments).flatMap(([name, one]) => (one.protected ? [] : [name]));
    // A plan that knows production only cannot say it better.
    if (open.length === 0) return [];
    return Object.entries(plan.drills)
      .filter(([, { kind, environment }]) => BREAKS.has(kind) && environment === undefined)
      .map(([name, { title, kind }]) => ({
        path: ['drills', name],
        message: `nothing says where the drill ${name} ("${title}", ${kind}) takes place, so it takes place in ${defaultOf(plan)}`,
        hint: `Add environment: ${open.join(' or ')}. In a protected environment no drill runs.`,
      }));
  },
};

const BREAKS = new Set(['restore', 'full', 'failover', 'rollback', 'security']);

const defaultOf = ({ environments }: Plan): string => {
  const [first] = Object.entries(environments);
  return first?.[1].protected ? `${first[0]}, which is protected` : String(first?.[0]);
};
