import { isLost } from '../../losses.ts';
import type { Rule } from '../../rule.ts';
import { runbooks } from '../../runbooks/runbook.ts';

/** Nothing can be done in what is gone. */
export const stepsOutsideTheLoss: Rule = {
  id: 'steps-outside-the-loss',
  level: 'error',
  title: 'No step acts in a domain that its scenario has lost',
  why: 'A step that needs the lost region, the lost cluster or the chat that went down with it cannot run, and all that comes after it waits.',
  bad: `
scenarios:
  loss:
    loses_domains: [machine]
    failback: { not_needed: x }
    steps:
      - { id: restore, uses: postgres.restore_server, in: machine, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    loses_domains: [machine]
    failback: { not_needed: x }
    steps:
      - { id: restore, uses: postgres.restore_server, in: cellar, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) =>
    runbooks(plan, facts).flatMap(({ name, scenario, path: at, steps }) =>
      steps
        // What an attacker has taken over is still there: it is isolated where it is.
        .filter(({ step }) => scenario.kind !== 'security' && isLost(step.in, scenario.loses_domains))
        .map(({ step, path }) => ({
          path: [...path, 'in'],
          message: `the step "${step.id}" acts in ${step.in}, which ${name} has lost`,
          hint: 'Let it act where the service is brought back, or take the domain out of loses_domains.',
          related: [{ path: [...at, 'loses_domains'], message: 'what is lost' }],
        })),
    ),
};
