import type { AnyAction } from '../../actions/action.ts';
import type { Rule } from '../rule.ts';
import { alters, runbooks } from '../runbook.ts';

/** What cannot be taken back needs two heads. */
export const destructiveWithoutApproval: Rule = {
  id: 'destructive-without-approval',
  level: 'error',
  title: 'Nothing in a protected environment is altered without a second person',
  why: 'A tired person under pressure restores over the wrong database. A step that destroys or changes what is there needs an approval. Excepted is a change that the run itself keeps book of: one that opens an obligation to be put back, such as stopping one role, or that settles such an obligation. Stopping the damage must not wait for anybody.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: block, uses: postgres.block_role, with: { component: database, role: intern } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: unblock, uses: postgres.unblock_role, with: { component: database, role: intern } }
`,
  judge(plan, facts) {
    const guarded = Object.entries(plan.environments).filter(([, one]) => one.protected);
    if (guarded.length === 0) return [];
    const steps = runbooks(plan, facts).flatMap((book) => book.steps);
    return steps
      .filter(({ step, action }) => action && !step.approve && alters(action) && !isBooked(action))
      .map(({ step, path }) => ({
        path: [...path, 'uses'],
        message: `the step "${step.id}" ${WORDS[String(facts.actions.get(step.uses)?.danger)]}, and nobody approves it`,
        hint: `Add approve: { role: …, within: 10m }. ${guarded.map(([name]) => name).join(', ')} is protected.`,
      }));
  },
};

const WORDS: Record<string, string> = {
  change: 'alters what is there',
  destroy: 'destroys what cannot be brought back',
};

/** What a run puts back itself, or must answer for before it may close. Destroying counts only when it clears away what the run made. */
const isBooked = (action: AnyAction): boolean =>
  action.settles !== undefined || (action.owes !== undefined && action.danger !== 'destroy');
