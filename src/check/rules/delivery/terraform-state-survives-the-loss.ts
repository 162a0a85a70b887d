import type { Plan } from '../../../model/plan.ts';
import { copyPlaces, survives } from '../../copies.ts';
import { isLost } from '../../losses.ts';
import type { Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** Without its state Terraform knows nothing of what it made. */
export const terraformStateSurvivesTheLoss: Rule = {
  id: 'terraform-state-survives-the-loss',
  level: 'warning',
  title: 'A runbook that uses Terraform says where its state is, and that it survives the loss',
  why: 'Terraform reads its state before it plans or applies (Terraform documentation, state). When the bucket of the state, or the table of its locks, was in the lost region, nothing can be applied anywhere; the same goes for modules and providers that must be downloaded first.',
  bad: `
scenarios:
  loss:
    loses_domains: [machine]
    steps:
      - { id: build, uses: shell.run, with: { command: terraform apply dr.tfplan } }
`,
  good: `
components: { state: { kind: infrastructure-state, domain: machine, objectives: { rto: 1h, rpo: 1h }, backups: [{ method: terraform.state, copies: [{ domain: cellar }] }] } }
scenarios:
  loss:
    loses: [database, api, state]
    loses_domains: [machine]
    steps:
      - { id: build, uses: shell.run, with: { command: terraform apply dr.tfplan } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap(({ acts, scenario, name }) => {
      const lost = scenario?.loses_domains ?? [];
      const first = acts.find((act) => /^terraform\.(plan|apply)$/.test(act.name ?? '') && act.command !== undefined);
      const where = first && lost.length > 0 ? whyNotAtHand(plan, lost) : undefined;
      if (!first || where === undefined) return [];
      return [
        about(first, {
          message: `${name} loses ${lost.join(', ')}, and Terraform needs its state first: ${where}`,
          hint: 'Write a component of kind infrastructure-state, with a copy of the state in a domain that survives, and restore it before this step.',
        }),
      ];
    }),
};

/** Undefined when some copy of the state outlives the loss. */
function whyNotAtHand(plan: Plan, lost: readonly string[]): string | undefined {
  const states = Object.entries(plan.components).filter(([, { kind }]) => kind === 'infrastructure-state');
  if (states.length === 0) return 'the plan does not say where that is';
  const isSafe = states.some(([name, component]) => {
    const isElsewhere = component.domain !== undefined && !isLost(component.domain, lost);
    const places = copyPlaces(plan, name, component).filter(({ domain }) => domain !== undefined);
    return isElsewhere || places.some((place) => survives(place, lost));
  });
  if (isSafe) return undefined;
  const [[name, { domain }]] = states as [(typeof states)[number]];
  return domain === undefined
    ? `where the copies of ${name} are, the plan does not say`
    : `no copy of ${name} is outside`;
}
