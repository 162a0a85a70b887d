import type { Complaint, Rule } from '../../rule.ts';
import { type PlacedStep, type Runbook, runbooks } from '../../runbooks/runbook.ts';

/** What a runbook changes for its own sake, it must put back. */
export const obligationLeftOpen: Rule = {
  id: 'obligation-left-open',
  level: 'error',
  title: 'What a runbook leaves behind, a later step puts back',
  why: 'A role that was stopped in the emergency and is forgotten is the next incident. A run does not close while such an obligation is open, so a runbook without the step that settles it can never end by itself.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: block, uses: postgres.block_role, with: { component: database, role: intern } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: block, uses: postgres.block_role, with: { component: database, role: intern } }
      - { id: side, uses: postgres.restore_side, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: unblock, uses: postgres.unblock_role, with: { component: database, role: intern } }
      - { id: discard, uses: postgres.discard_side, with: { component: database, instance: "\${{ steps.side.outputs.instance }}" } }
`,
  judge: (plan, facts) => runbooks(plan, facts).flatMap((book) => book.steps.flatMap((step) => judgeStep(book, step))),
};

function judgeStep(book: Runbook, owing: PlacedStep): readonly Complaint[] {
  const { step, action, path } = owing;
  if (!action?.owes) return [];
  const settled = book.steps.some((later) => book.isAfter(later.step.id, step.id) && settles(later, owing));
  if (settled) return [];
  return [
    {
      path: [...path, 'uses'],
      message: `the step "${step.id}" leaves something behind, and no later step puts it back: ${action.owes(step.with, 'this run').what}`,
      hint: 'Add the step that settles it, with the same inputs, and let it run after this one.',
    },
  ];
}

/**
 * Whether a later step settles what an earlier one owes. What is named by the inputs is compared as it is written; what is named
 * by the key of the run is known only then, so the later step must take it from the outputs of the earlier one.
 */
function settles({ step: later, action: settling }: PlacedStep, { step, action }: PlacedStep): boolean {
  if (!settling?.settles || !action?.owes) return false;
  const settled = plain(settling.settles(later.with));
  const [one, other] = ['one', 'other'].map((key) => plain(action.owes?.(step.with, key).id ?? ''));
  if (one === other) return settled === one;
  return kindOf(settled) === kindOf(String(one)) && settled.includes(`steps.${step.id}.outputs.`);
}

/** The same expression in any way of writing it. */
const plain = (text: string): string => text.replaceAll(/\s+/g, '').replaceAll(/\[["']([^"']+)["']\]/g, '.$1');

/** `postgres.side_instance` of `postgres.side_instance:abc`. */
const kindOf = (id: string): string => String(id.split(':')[0]);
