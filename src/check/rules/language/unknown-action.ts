import type { z } from 'zod';
import { nearestOf } from '../../../lib/nearest.ts';
import { type PlanPath, pathText } from '../../../model/finding.ts';
import { expandedSteps, PROCEDURE } from '../../../model/plan/expand.ts';
import type { Plan } from '../../../model/plan.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { holdsOpen } from '../../texts.ts';

/** What a runbook calls must exist, and must be given what it takes, before the day it is needed. */
export const unknownAction: Rule = {
  id: 'unknown-action',
  level: 'error',
  title: 'Every step calls an action of this build, with the input it takes',
  why: 'A runbook that names a script nobody has, or forgets a parameter, is found out at the worst moment. A plan may name actions of systems that this build does not know yet: that is a warning, and an error once the scenario is to be carried out. Values that a run works out are judged by the run.',
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
  judge: (plan, facts) => (facts.actions.size === 0 ? [] : judged(plan, facts)),
};

function judged(plan: Plan, facts: CheckFacts): readonly Complaint[] {
  const steps = facts.recovering === undefined ? [] : expandedSteps(plan, facts.recovering);
  const needed = new Set(steps.map(({ path }) => pathText(path)));
  return stepsOf(plan, facts).flatMap((step) => [
    ...unknownName(step, facts, needed),
    ...wrongInput(step),
    ...unknownComponent(step, plan),
  ]);
}

/** Each step once, where it is written: those of the scenarios and those that scenarios share. */
function stepsOf({ scenarios, procedures }: Plan, { actions }: CheckFacts): readonly PlacedStep[] {
  return Object.entries({ scenarios, procedures }).flatMap(([part, runbooks]) =>
    Object.entries(runbooks).flatMap(([name, { steps }]) =>
      steps.map((step, index) => ({ step, path: [part, name, 'steps', index], action: actions.get(step.uses) })),
    ),
  );
}

/** A plan may be written today for actions of tomorrow, but nobody may begin to recover with them. A slip of the pen is wrong at once. */
function unknownName(
  { step, path, action }: PlacedStep,
  facts: CheckFacts,
  needed: ReadonlySet<string>,
): readonly Complaint[] {
  if (action) return [];
  const isNeeded = needed.has(pathText(path));
  if (step.uses === PROCEDURE)
    return isNeeded ? [{ path, message: `${step.id} ${NOT_WRITTEN_OUT}`, hint: CIRCLE }] : [];
  const slip = isSlip(step.uses, facts.actions);
  const level = isNeeded || slip ? 'error' : 'warning';
  const meant = slip ? nearestOf(step.uses, [...facts.actions.keys()]) : undefined;
  const message = `the action ${step.uses} is not available in this build`;
  const hint = meant ? `Did you mean ${meant}?` : HINTS[level];
  return [{ path: [...path, 'uses'], level, message, hint }];
}

const NOT_WRITTEN_OUT = 'uses a procedure whose steps cannot be put in its place';
const CIRCLE = 'Procedures that use each other in a circle have no end. Name a procedure of the plan, and let it end.';

const HINTS = {
  error: 'docs/reference/actions.md lists what there is.',
  warning: 'The plan may name it; recovering with it is refused. docs/reference/actions.md lists what there is.',
} as const;

const systemsOf = new WeakMap<CheckFacts['actions'], readonly string[]>();

/** Whether no later build will have it: no name of an action at all, or one of a system this build knows, or nearly knows. */
function isSlip(name: string, actions: CheckFacts['actions']): boolean {
  const system = systemOf(name);
  const systems = systemsOf.get(actions) ?? [...new Set([...actions.keys()].flatMap((one) => systemOf(one) ?? []))];
  systemsOf.set(actions, systems);
  return system === undefined || nearestOf(system, systems) !== undefined;
}

const systemOf = (name: string): string | undefined => /^([a-z][a-z0-9_-]*)\.[a-z][a-z0-9_]*$/.exec(name)?.[1];

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
/** Actions on several servers at once name them all. Of other systems these words may mean something else. */
const SERVER_FIELDS = ['of', 'primary', 'replicas'];

function unknownComponent({ step, path }: PlacedStep, { components }: Plan): readonly Complaint[] {
  const fields = step.uses.startsWith('postgres.') ? [...COMPONENT_FIELDS, ...SERVER_FIELDS] : COMPONENT_FIELDS;
  const named = fields.flatMap((field) => [step.with[field]].flat().map((name) => ({ field, name })));
  return named.flatMap(({ field, name }) => {
    if (typeof name !== 'string' || holdsOpen(name) || Object.hasOwn(components, name)) return [];
    const known = Object.keys(components);
    const meant = nearestOf(name, known);
    const hint = meant ? `Did you mean ${meant}?` : `There are: ${known.join(', ')}.`;
    return [{ path: [...path, 'with', field], message: `the plan has no component "${name}"`, hint }];
  });
}
