import type { PlanPath } from '../../../model/finding.ts';
import type { Scenario } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** What is written down as a recovery must be one that can be begun and has an end. */
export const scenarioCanRun: Rule = {
  id: 'scenario-can-run',
  level: 'error',
  title: 'A scenario that is to be carried out says when the service is healthy again',
  why: 'The RTO clock of a run stops at the step named by healthy. Without it no run can end well, and nobody knows whether the promise was kept. A scenario without steps, or with alternatives among which this build cannot choose, can be judged and read but not carried out.',
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
  judge: ({ scenarios }, { recovering }) =>
    Object.entries(scenarios).flatMap(([name, scenario]) => [
      ...withoutEnd(scenario, ['scenarios', name], recovering === name),
      ...(recovering === name ? cannotBegin(scenario, ['scenarios', name]) : []),
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
  const alternatives = steps.flatMap(({ id, one_of: group }, index): readonly Complaint[] =>
    group === undefined
      ? []
      : [
          {
            path: [...path, 'steps', index, 'one_of'],
            message: `${id} is one of the alternatives "${group}", and this build cannot choose among alternatives`,
            hint: 'Give each alternative a when: that says in which case it is taken, and remove one_of.',
          },
        ],
  );
  return steps.length === 0 ? [empty] : alternatives;
}
