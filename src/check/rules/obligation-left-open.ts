import type { Complaint, Rule } from '../rule.ts';
import { type PlacedStep, type Runbook, runbooks } from '../runbook.ts';

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
  const owed = obligationOf(owing);
  if (!owed) return [];
  const settled = book.steps.some(
    (later) => book.isAfter(later.step.id, owing.step.id) && settledBy(later) === owed.id,
  );
  if (settled) return [];
  return [
    {
      path: [...owing.path, 'uses'],
      message: `the step "${owing.step.id}" leaves something behind, and no later step puts it back: ${owed.what}`,
      hint: 'Add the step that settles it, with the same inputs, and let it run after this one.',
    },
  ];
}

/** An obligation is known by its id, which inputs and outputs make; an output is not known yet, so the expression that gives it stands in its place. */
function obligationOf({ step, action }: PlacedStep): { readonly id: string; readonly what: string } | undefined {
  if (!action?.owes) return undefined;
  const outputs = new Proxy({}, { get: (_, name) => `\${{ steps.${step.id}.outputs.${String(name)} }}` });
  const { id, what } = action.owes(step.with, outputs);
  return { id: plain(id), what };
}

const settledBy = ({ step, action }: PlacedStep): string | undefined =>
  action?.settles === undefined ? undefined : plain(action.settles(step.with));

/** The same expression in any way of writing it. */
const plain = (text: string): string => text.replaceAll(/\s+/g, '').replaceAll(/\[["']([^"']+)["']\]/g, '.$1');
