import type { Component, Plan } from '../../../model/plan.ts';
import type { Rule } from '../../rule.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';
import { textsIn } from '../../texts.ts';

/** Old pages with a new API, or new pages with an old one. */
export const frontendIsRolledBackToo: Rule = {
  id: 'frontend-is-rolled-back-too',
  level: 'warning',
  title: 'A rollback of all that was deployed takes the frontend back as well',
  why: 'The steps of a rollback that concern the API only leave the pages that customers have as they are: calls that the old API does not know fail. The files of the release before must be kept somewhere, or nothing can be taken back.',
  bad: `
components: { site: { kind: static-site, domain: cellar, needs: [api], stateless: true, objectives: { rto: 1h } } }
scenarios:
  loss:
    kind: rollback
    loses: [api, site]
    inputs: { revision: { describe: The last good one } }
    steps:
      - { id: back, uses: shell.run, with: { command: "aws ecs update-service --cluster shop --service api --task-definition \${{ inputs.revision }}" } }
`,
  good: `
components: { site: { kind: static-site, domain: cellar, needs: [api], stateless: true, objectives: { rto: 1h } } }
scenarios:
  loss:
    kind: rollback
    loses: [api, site]
    inputs: { revision: { describe: The last good one } }
    steps:
      - { id: back, uses: shell.run, with: { command: "aws ecs update-service --cluster shop --service api --task-definition \${{ inputs.revision }}" } }
      - { id: pages, uses: static_site.roll_back, with: { component: site } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) => {
      const { scenario, name } = sequence;
      if (scenario?.kind !== 'rollback' || scenario.steps.length === 0) return [];
      const left = scenario.loses.filter((lost) => isFrontend(plan, lost) && !isTouched(plan, lost, sequence));
      return left.map((lost) => ({
        path: ['scenarios', name, 'loses'],
        message: `${name} loses ${lost}, and no step takes ${lost} back to the release before`,
        hint: `Keep every release of ${lost} under a name of its own, and add a step that serves the one before.`,
      }));
    }),
};

const isFrontend = ({ components }: Plan, name: string): boolean =>
  /^(static-site|frontend)$/.test(components[name]?.kind ?? '');

/** Named in a step, by any of its names, or done by what is there for frontends only. */
function isTouched(plan: Plan, name: string, { steps, acts }: Sequence): boolean {
  const { title = name, ids } = plan.components[name] as Component;
  const names = [name, title, ...Object.values(ids), 'frontend', 'static site', 'website'].map((one) =>
    one.toLowerCase(),
  );
  const texts = steps.flatMap(({ step }) => textsIn(step).map(({ text }) => text.toLowerCase()));
  return (
    acts.some((act) => /^(vercel|static_site|cloudfront|netlify)\./.test(act.name ?? '')) ||
    texts.some((text) => names.some((one) => text.includes(one)))
  );
}
