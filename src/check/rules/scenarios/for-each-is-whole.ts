import type { PlanPath } from '../../../model/finding.ts';
import { wrongItems } from '../../../model/plan/for-each.ts';
import type { Step } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { stepsAsWritten } from '../../written-steps.ts';

/** What a step says of its items needs items, and a list that is written down can be looked at before the night of the disaster. */
export const forEachIsWhole: Rule = {
  id: 'for-each-is-whole',
  level: 'error',
  title: 'A step for each of several items says for which, and what it says of them can be meant',
  why: 'at_once and may_fail say nothing without for_each: the step would be carried out once, for nothing that is named. An empty list does nothing, and a recovery that did nothing must not look like one that worked.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, at_once: 4 }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: "\${{ item }}" }, for_each: [database], at_once: 4 }
`,
  judge: (plan) =>
    stepsAsWritten(plan).flatMap(({ step, path }) => [...withoutItems(step, path), ...wrongList(step, path)]),
};

function withoutItems(step: Step, path: PlanPath): readonly Complaint[] {
  if (step.for_each !== undefined) return [];
  return (['at_once', 'may_fail', 'may_be_empty'] as const).flatMap((field) => {
    if (step[field] === undefined) return [];
    const message = `the step "${step.id}" says ${field}, and is not carried out for each of several items`;
    return [{ path: [...path, field], message, hint: `Add for_each: with a list, or remove ${field}.` }];
  });
}

function wrongList({ id, for_each: items, may_be_empty: mayBeEmpty }: Step, path: PlanPath): readonly Complaint[] {
  if (items === undefined) return [];
  const at = [...path, 'for_each'];
  const isPlainText = typeof items === 'string' && !/^\s*\$\{\{[\s\S]*\}\}\s*$/.test(items);
  const wrong = isPlainText ? 'it is not a list' : typeof items === 'string' ? undefined : wrongItems(items);
  if (wrong !== undefined)
    return [
      {
        path: at,
        message: `the step "${id}" cannot be carried out for each of these: ${wrong}`,
        hint: 'Write a list, or one expression that gives a list: "${{ inputs.tables.split(",") }}".',
      },
    ];
  if (items.length > 0 || mayBeEmpty === true) return [];
  const message = `the step "${id}" is carried out for each item of an empty list`;
  return [{ path: at, message, hint: 'Write the items, or may_be_empty: true when nothing is to be done.' }];
}
