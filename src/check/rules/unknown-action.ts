import type { z } from 'zod';
import { nearestOf } from '../../lib/nearest.ts';
import { type PlanPath, pathText } from '../../model/finding.ts';
import type { Complaint, Rule } from '../rule.ts';
import { type PlacedStep, runbooks } from '../runbook.ts';
import { holdsOpen } from '../texts.ts';

/** What a runbook calls must exist, and must be given what it takes, before the day it is needed. */
export const unknownAction: Rule = {
  id: 'unknown-action',
  level: 'error',
  title: 'Every step calls an action of this build, with the input it takes',
  why: 'A runbook that names a script nobody has, or forgets a parameter, is found out at the worst moment. Values that a run works out are judged by the run.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_servr, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) =>
    facts.actions.size === 0
      ? []
      : runbooks(plan, facts).flatMap(({ steps }) =>
          steps.flatMap((step) => [
            ...unknownName(step, [...facts.actions.keys()]),
            ...wrongInput(step),
            ...unknownComponent(step, Object.keys(plan.components)),
          ]),
        ),
};

function unknownName({ step, path, action }: PlacedStep, known: readonly string[]): readonly Complaint[] {
  if (action) return [];
  const meant = nearestOf(step.uses, known);
  const message = `the action ${step.uses} is not available in this build`;
  const hint = meant ? `Did you mean ${meant}?` : 'docs/reference/actions.md lists what there is.';
  return [{ path: [...path, 'uses'], message, hint }];
}

function wrongInput({ step, path, action }: PlacedStep): readonly Complaint[] {
  const parsed = action?.input.safeParse(step.with);
  if (!parsed || parsed.success) return [];
  return parsed.error.issues
    .filter((issue) => isCertain(issue, step.with))
    .flatMap((issue) => {
      const at: PlanPath = [...path, 'with', ...(issue.path as PlanPath)];
      const hint = `${step.uses} in docs/reference/actions.md says what it takes.`;
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => ({ path: [...at, key], message: `${step.uses} takes no "${key}"`, hint }));
      const name = pathText(issue.path as PlanPath) || 'with';
      const missing = issue.path.length > 0 && valueAt(step.with, issue.path) === undefined;
      return [
        {
          path: at,
          message: missing
            ? `${step.uses} needs "${name}"`
            : `${step.uses} does not take this ${name}: ${issue.message}`,
          hint,
        },
      ];
    });
}

/** Only what no expression can still put right. */
const isCertain = (issue: z.core.$ZodIssue, input: unknown): boolean =>
  issue.code === 'unrecognized_keys' || !holdsOpen(valueAt(input, issue.path));

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );

/** The fields by which actions name components. */
const COMPONENT_FIELDS = ['component', 'service'];

function unknownComponent({ step, path }: PlacedStep, known: readonly string[]): readonly Complaint[] {
  return COMPONENT_FIELDS.flatMap((field) => {
    const name = step.with[field];
    if (typeof name !== 'string' || holdsOpen(name) || known.includes(name)) return [];
    const meant = nearestOf(name, known);
    const hint = meant ? `Did you mean ${meant}?` : `There are: ${known.join(', ')}.`;
    return [{ path: [...path, 'with', field], message: `the plan has no component "${name}"`, hint }];
  });
}
