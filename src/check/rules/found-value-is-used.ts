import type { CheckFacts, Complaint, Rule } from '../rule.ts';
import { type Runbook, runbooks } from '../runbook.ts';
import { hasRole } from '../step-roles.ts';
import { textsIn } from '../texts.ts';

/** Who looks something up and then writes something else has looked for nothing. */
export const foundValueIsUsed: Rule = {
  id: 'found-value-is-used',
  level: 'warning',
  title: 'What a step finds, a later step uses',
  why: 'A runbook that looks for the newest snapshot and then restores the one whose name was typed into the document restores the day on which the document was written.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: find, uses: rds.find_snapshot, with: { component: database } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: find, uses: rds.find_snapshot, with: { component: database } }
      - { id: restore, uses: postgres.restore_server, with: { component: database, to: "\${{ steps.find.outputs.id }}" }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) => runbooks(plan, facts).flatMap((book) => judgeRunbook(book, facts)),
};

function judgeRunbook(book: Runbook, { outputsUsed = [] }: CheckFacts): readonly Complaint[] {
  const anyFinds = book.steps.some((step) => hasRole(step, 'finds'));
  const texts = anyFinds ? book.steps.flatMap(({ step }) => textsIn(step).map(({ text }) => text)).join('\n') : '';
  return book.steps.flatMap((finding, index): readonly Complaint[] => {
    const { id } = finding.step;
    const how = hasRole(finding, 'finds');
    if (how === undefined) return [];
    const restores = book.steps
      .slice(index + 1)
      .find((later) => /restore|roll/.test(`${later.step.uses} ${later.step.id}`));
    if (!restores) return [];
    // Inside a procedure a step is called by its own name, without that of the step that uses the procedure.
    const names = [id, String(id.split('.').at(-1))];
    const told = outputsUsed.some((use) => use.scenario === book.name && names.includes(use.step));
    const written = names.some((name) => texts.includes(`steps.${name}.`) || texts.includes(`steps["${name}"]`));
    if (told || written) return [];
    return [
      {
        path: finding.path,
        message: `the step "${id}" finds something, and no later step uses it: "${restores.step.id}" takes what is written in the plan`,
        hint: `Let "${restores.step.id}" take \${{ steps.${id}.outputs.… }}.`,
        related: [{ path: restores.path, message: 'takes a value of its own' }],
      },
    ];
  });
}
