import { pathText } from '../../../model/finding.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { type Runbook, runbooks } from '../../runbooks/runbook.ts';
import { hasRole } from '../../runbooks/step-roles.ts';
import { textsIn } from '../../texts.ts';

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

/** `scenarios`, the name, `steps`, the number. */
const STEP = 4;

function judgeRunbook(book: Runbook, { outputsUsed = [] }: CheckFacts): readonly Complaint[] {
  // What finds and acts in one command text uses it there.
  const finds = book.steps.flatMap((step, index) =>
    hasRole(step, 'finds') && hasRole(step, 'acts') !== 'by name' ? [{ ...step, index }] : [],
  );
  if (finds.length === 0) return [];
  const restores = book.steps.flatMap((later, index) =>
    /restore|roll/.test(`${later.step.uses} ${later.step.id}`) ? [{ ...later, index }] : [],
  );
  // What a step asks of its own outputs (success) is no use of what it found.
  const own = new Map(finds.map(({ step, path }) => [step.id, pathText(path)]));
  const used = new Set([
    ...outputsUsed.flatMap(({ scenario, step, path }) =>
      scenario === book.name && own.get(step) !== pathText(path.slice(0, STEP)) ? [step] : [],
    ),
    ...book.steps.flatMap(({ step }) => textsIn(step).flatMap(({ text }) => stepsNamed(text))),
  ]);
  return finds.flatMap(({ step: { id }, path, index }): readonly Complaint[] => {
    const restore = restores.find((later) => later.index > index);
    // Inside a procedure a step is called by its own name, without that of the step that uses the procedure.
    if (!restore || used.has(id) || used.has(String(id.split('.').at(-1)))) return [];
    return [
      {
        path,
        message: `the step "${id}" finds something, and no later step uses it: "${restore.step.id}" takes what is written in the plan`,
        hint: `Let "${restore.step.id}" take \${{ steps.${id}.outputs.… }}.`,
        related: [{ path: restore.path, message: 'takes a value of its own' }],
      },
    ];
  });
}

/** The steps that expressions of a text name, in either way of writing it. */
const stepsNamed = (text: string): readonly string[] =>
  [...text.matchAll(/steps(?:\.([\w-]+)\.|\["([^"]+)"\])/g)].map(([, name, quoted]) => name ?? String(quoted));
