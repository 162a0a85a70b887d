import type { Step } from '../../../model/plan.ts';
import { scriptOf } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** A promotion that does not look whether the old primary is still closed makes two primaries. */
export const promotionRestsOnAFence: Rule = {
  id: 'promotion-rests-on-a-fence',
  level: 'error',
  title: 'A promotion rests on the proof that the old primary is closed',
  why: 'Between the fence and the promotion time passes: an approval is waited for, somebody starts the old server again. Only a step that is named under proven is looked at once more right before the promotion, and without its proof nothing is promoted.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: fence, uses: postgres.fence, with: { component: database, by: stop_server } }
      - { id: promote, uses: postgres.promote, with: { component: standby, of: database }, approve: { role: keeper, within: 10m } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: fence, uses: postgres.fence, with: { component: database, by: stop_server } }
      - { id: promote, uses: postgres.promote, with: { component: standby, of: database }, proven: [fence], approve: { role: keeper, within: 10m } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap(({ steps }) =>
      steps.flatMap(({ step, path }) => {
        if (step.uses !== 'postgres.promote') return [];
        const named = (step.proven ?? []).flatMap((id) => steps.filter((one) => one.step.id === id));
        if (named.some((one) => closes(one.step, step))) return [];
        const [replica, primary] = [step.with.component, step.with.of].map(String);
        return [
          {
            path: [...path, 'uses'],
            message: `"${step.id}" promotes ${replica}, and nothing proves right before that ${primary} is closed`,
            hint: 'Close it in an earlier step (postgres.fence, or the word of a person), and name that step: proven: [fence].',
          },
        ];
      }),
    ),
};

/** An action that closes, a command that looks whether it is closed, or a person who answers for it. */
function closes(step: Step, promotion: Step): boolean {
  if (step.uses === 'postgres.fence') return step.with.component === promotion.with.of;
  if (step.uses === 'human.task' || step.uses === 'human.approve') return true;
  if (scriptOf(step)) return step.with.observe !== undefined;
  return /\.fence(_|$)/.test(step.uses);
}
