import { nearestOf } from '../../../lib/nearest.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A misspelt output is found when the expression is worked out: in the middle of a recovery. */
export const unknownOutput: Rule = {
  id: 'unknown-output',
  level: 'error',
  title: 'Expressions use outputs that the actions give',
  why: 'An expression is worked out only when its step begins. A misspelt output therefore stops a recovery half way, after the first steps have changed something.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, success: "\${{ outputs.tabels > 0 }}" }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, success: "\${{ outputs.tables > 0 && steps.restore.outputs.backup != '' }}" }
`,
  judge: (plan, { actions, outputsUsed = [] }) =>
    outputsUsed.flatMap(({ path, scenario, step, output }): readonly Complaint[] => {
      const uses = plan.scenarios[scenario]?.steps.find(({ id }) => id === step)?.uses;
      const action = uses === undefined ? undefined : actions.get(uses);
      const known = action && 'shape' in action.output ? Object.keys(action.output.shape as object) : undefined;
      if (!known || known.includes(output)) return [];
      const meant = nearestOf(output, known);
      const message = `${uses} (step ${step}) puts out no "${output}"`;
      return [{ path, message, hint: meant ? `Did you mean ${meant}?` : `It puts out: ${known.join(', ')}.` }];
    }),
};
