import { noWayBack } from '../../../actions/way-back.ts';
import type { Rule } from '../../rule.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { stepsOf } from '../../runbooks/sequences.ts';

/** Who may say no, must be able to have it taken back. */
export const unconfirmedIsTakenBack: Rule = {
  id: 'unconfirmed-is-taken-back',
  level: 'error',
  title: 'Only what can be taken back waits for a confirmation',
  why: 'A step with confirm is taken back when nobody says in time that the world is right. For an action that cannot be taken back that would be an empty promise: the run refuses to begin such a step. What only looks changes nothing that could be taken back; there human.approve asks.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m }, confirm: { role: keeper } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, confirm: { role: keeper } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: open, uses: postgres.open_server, with: { component: database }, approve: { role: keeper, within: 10m }, confirm: { role: keeper, within: 10m } }
`,
  judge: (plan, facts) =>
    stepsOf(plan, facts).flatMap((placed) => {
      const why = whyNot(placed);
      if (why === undefined) return [];
      const { step, path } = placed;
      const message = `the step "${step.id}" is to be taken back when nobody confirms it, and cannot be: ${why}`;
      return [{ path: [...path, 'confirm'], message, hint: 'Take confirm away, or use what can be taken back.' }];
    }),
};

/** Of an action of a later build nothing is known; the rule unknown-action says so. */
function whyNot({ step, action }: PlacedStep): string | undefined {
  if (!step.confirm || !action) return undefined;
  if (action.danger === 'read') return 'it only looks';
  const { data: input, success } = action.input.safeParse(step.with);
  return success || typeof action.undo !== 'function' ? noWayBack(action, input) : undefined;
}
