import { whoNeedsWhom } from '../../../lib/graph.ts';
import type { PlanPath } from '../../../model/finding.ts';
import { expandedSteps, PROCEDURE } from '../../../model/plan/expand.ts';
import type { Plan, Scenario, Step } from '../../../model/plan.ts';
import { membershipsOf, stepsToRun } from '../../../model/run-scenario.ts';
import { stepNeeds } from '../../../model/step-needs.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** What is written down as a recovery must be one that can be begun and has an end. */
export const scenarioCanRun: Rule = {
  id: 'scenario-can-run',
  level: 'error',
  title: 'A scenario that is to be carried out says when the service is healthy again',
  why: 'The RTO clock of a run stops at the step named by healthy. Without it no run can end well, and nobody knows whether the promise was kept. A scenario without steps can be judged and read but not carried out.',
  bad: `
scenarios:
  other:
    title: Something else is lost
    loses: [api]
    steps:
      - { id: look, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  other:
    title: Something else is lost
    loses: [api]
    healthy: look
    steps:
      - { id: look, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, { recovering }) =>
    Object.entries(plan.scenarios).flatMap(([name, scenario]) => [
      ...withoutEnd(scenario, ['scenarios', name], recovering === name),
      ...(recovering === name
        ? [...cannotBegin(scenario, ['scenarios', name]), ...entangled(plan, name), ...unprovable(plan, name)]
        : []),
    ]),
};

/** Other kinds may be notes for people; the one that is to be carried out may not. */
function withoutEnd({ kind, steps, healthy }: Scenario, path: PlanPath, isNeeded: boolean): readonly Complaint[] {
  if (healthy !== undefined || steps.length === 0 || (kind !== 'disaster' && !isNeeded)) return [];
  const message = `${path[1]} does not say after which step the service is healthy again`;
  return [{ path, message, hint: `Add healthy: with the name of a step, e.g. ${steps.at(-1)?.id}.` }];
}

function cannotBegin({ steps }: Scenario, path: PlanPath): readonly Complaint[] {
  const empty: Complaint = {
    path,
    message: `${path[1]} has no steps: there is nothing to carry out`,
    hint: 'Write its runbook under steps.',
  };
  return steps.length === 0 ? [empty] : steps.flatMap((step, index) => saysNothing(step, [...path, 'steps', index]));
}

/** What a step that uses a procedure may say for all of it is its condition, approval and failure; the rest stands at the steps inside. */
function saysNothing(step: Step, path: PlanPath): readonly Complaint[] {
  if (step.uses !== PROCEDURE) return [];
  return (['success', 'retry', 'timeout', 'safety_point', 'confirm'] as const).flatMap((field) =>
    step[field] === undefined
      ? []
      : [
          {
            path: [...path, field],
            message: `${step.id} uses a procedure, and its ${field} would not count`,
            hint: `Write ${field} at the steps of the procedure that it is meant for.`,
          },
        ],
  );
}

/** What a use of a procedure leaves out can prove nothing. */
function unprovable(plan: Plan, name: string): readonly Complaint[] {
  const expanded = expandedSteps(plan, name);
  const ids = new Set(expanded.map(({ step }) => step.id));
  return expanded.flatMap(({ step, path }) =>
    (step.proven ?? [])
      .filter((id) => !ids.has(id))
      .map((id) => ({
        path: [...path, 'proven'],
        message: `${step.id} acts only when ${id} is proven, and that is left out here`,
        hint: 'Take the step in that proves it, or leave both out.',
      })),
  );
}

/** Of alternatives one is taken, and what needs one of them waits for that choice: so none may come after another one. */
function entangled(plan: Plan, name: string): readonly Complaint[] {
  const steps = stepsToRun(plan, name);
  const needs = whoNeedsWhom(stepNeeds({ steps }));
  const members = steps.flatMap((step, index) => membershipsOf(step).map((of) => ({ ...of, step, index })));
  const paths = expandedSteps(plan, name).map(({ path }) => path);
  return members.flatMap(({ group, branch, step, index }) => {
    const other = members.find((one) => one.group === group && one.branch !== branch && needs(step.id, one.step.id));
    if (!other) return [];
    const message = `${step.id} waits for ${other.step.id}, and only one of the two is taken`;
    const hint = 'Write alternatives one after the other, with nothing between them, and let none need another one.';
    return [{ path: paths[index] as PlanPath, message, hint }];
  });
}
