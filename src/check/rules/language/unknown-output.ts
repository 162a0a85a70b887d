import { nearestOf } from '../../../lib/nearest.ts';
import type { OutputUse } from '../../../model/output-use.ts';
import { expandedSteps, PROCEDURE } from '../../../model/plan/expand.ts';
import type { Plan } from '../../../model/plan.ts';
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
    outputsUsed.flatMap(({ path, scenario, step, output, uses: looking }): readonly Complaint[] => {
      const used = plan.scenarios[scenario]?.steps.find(({ id }) => id === step);
      const uses = looking ?? used?.uses;
      if (
        looking === undefined &&
        used?.for_each !== undefined &&
        !isOwnSuccess(plan, { path, scenario, step, output })
      )
        return ofAllItems(step, output).map((one) => ({ path, ...one }));
      const action = uses === undefined ? undefined : actions.get(uses);
      const shape = action && 'shape' in action.output ? Object.keys(action.output.shape as object) : undefined;
      const known = uses === PROCEDURE ? stepsOfPart(plan, scenario, step) : shape;
      if (!known || known.includes(output)) return [];
      const meant = nearestOf(output, known);
      const message = `${uses} (step ${step}) puts out no "${output}"`;
      return [{ path, message, hint: meant ? `Did you mean ${meant}?` : `It puts out: ${known.join(', ')}.` }];
    }),
};

/** The success of a step with for_each is asked of each item, and sees what the action put out for it. */
function isOwnSuccess(plan: Plan, { path, scenario, step }: OutputUse): boolean {
  return path.at(-1) === 'success' && plan.scenarios[scenario]?.steps[Number(path.at(-2))]?.id === step;
}

const OF_ALL_ITEMS = ['items', 'succeeded', 'failed', 'skipped'];

/** From outside one sees what all items come to. */
function ofAllItems(step: string, output: string): readonly Pick<Complaint, 'message' | 'hint'>[] {
  if (OF_ALL_ITEMS.includes(output)) return [];
  const message = `${step} is carried out for each of several items, and puts out no "${output}" as a whole`;
  return [
    { message, hint: `It puts out ${OF_ALL_ITEMS.join(', ')}: e.g. steps.${step}.outputs.items[0].outputs.${output}.` },
  ];
}

/** A step that uses a procedure puts out what the steps of that put out, by their names there. */
function stepsOfPart(plan: Plan, scenario: string, use: string): readonly string[] {
  const inside = expandedSteps(plan, scenario).filter(({ via }) => via[0]?.step.id === use);
  return [...new Set(inside.map(({ step }) => step.id.split('.')[1] as string))];
}
