import { lostComponents } from '../../losses.ts';
import type { Rule } from '../../rule.ts';

/** What can be lost needs an answer. */
export const componentWithoutScenario: Rule = {
  id: 'component-without-scenario',
  level: 'warning',
  title: 'Every component is lost in some scenario',
  why: 'A component that no scenario loses has no runbook: what is done about its loss is then invented on the day.',
  bad: `
components:
  cache: { kind: service, health: { url: "http://127.0.0.1:8081/health" } }
`,
  good: `
components:
  cache: { kind: service, health: { url: "http://127.0.0.1:8081/health" } }
scenarios:
  loss: { loses: [database, api, cache] }
`,
  judge(plan) {
    // A component that is only lost together with its whole domain is named there, or has no step of its own.
    const lost = new Set(Object.values(plan.scenarios).flatMap((scenario) => lostComponents(plan, scenario)));
    return Object.keys(plan.components)
      .filter((name) => !lost.has(name))
      .map((name) => ({
        path: ['components', name],
        message: `no scenario says what is done when ${name} is lost`,
        hint: 'Write a scenario that loses it, or name it in the loses of one that brings it back.',
      }));
  },
};
