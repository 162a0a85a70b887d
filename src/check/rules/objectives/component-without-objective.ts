import { lostComponents } from '../../losses.ts';
import { componentPromise } from '../../promises.ts';
import type { Rule } from '../../rule.ts';

/** What nobody promised, nobody plans for. */
export const componentWithoutObjective: Rule = {
  id: 'component-without-objective',
  level: 'warning',
  title: 'Every component has an RTO',
  why: 'Without a longest time down there is no order in which things are brought back, and nothing that a drill could be measured against. Its own, that of its class or of the plan, or that of a scenario that loses it will do.',
  bad: `
components: { cache: { kind: cache, domain: machine, stateless: true } }
`,
  good: `
components: { cache: { kind: cache, domain: machine, stateless: true, objectives: { rto: 1h } } }
`,
  judge(plan) {
    const answered = new Set(
      Object.values(plan.scenarios)
        .filter(({ objectives }) => objectives.rto !== undefined)
        .flatMap((scenario) => lostComponents(plan, scenario)),
    );
    return Object.entries(plan.components)
      .filter(([name, { kind }]) => !OUTSIDE.has(kind) && !answered.has(name) && !componentPromise(plan, name, 'rto'))
      .map(([name]) => ({
        path: ['components', name],
        message: `nothing is promised for ${name}: no RTO of its own, of its class, of the plan, or of a scenario that loses it`,
        hint: 'Add objectives: { rto: …, rpo: … }, or a class that has them.',
      }));
  },
};

/** What others run: one can only say what is done without it. */
const OUTSIDE = new Set(['vendor', 'chat', 'pager', 'status-page', 'other']);
