import { isDriftCheck, terraformCall } from '../../../shell/programs/terraform.ts';
import type { Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { judgeActs, type Sequence } from '../../runbooks/sequences.ts';
import { isEffect, isLook } from '../../runbooks/step-roles.ts';

/** A plan builds nothing. */
export const plannedThenApplied: Rule = {
  id: 'planned-then-applied',
  level: 'error',
  title: 'What a runbook plans with Terraform, it also applies before it builds on it',
  why: 'terraform plan shows what would be made and makes nothing (Terraform documentation, plan). The steps behind it look for a database, a cluster and a load balancer that nobody has built.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: infrastructure, uses: shell.run, with: { command: "terraform workspace select dr\\nterraform plan" } }
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: infrastructure, uses: shell.run, with: { command: "terraform workspace select dr\\nterraform plan -out=dr.tfplan" } }
      - { id: build, uses: shell.run, with: { command: terraform apply dr.tfplan } }
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
`,
  judge: (plan, facts) =>
    judgeActs(plan, facts, (act, sequence) => {
      if (!isPlan(act) || !sequence.scenario) return [];
      if (sequence.after(act).some(isApply) || sequence.before(act).some(isApply)) return [];
      const later = sequence.steps.filter(
        (step) => isEffect(step) && sequence.isAfter(step.step.id, act.placed.step.id),
      );
      const [next] = later;
      if (!next || isLook(act.placed) || isLeftToAPerson(act, sequence)) return [];
      return [
        about(act, {
          message: `"${act.placed.step.id}" only plans, and no later step applies it: "${next.step.id}" builds on what is not there`,
          hint: 'Save the plan (-out=dr.tfplan), let somebody approve it, and apply that file in a step of its own.',
        }),
      ];
    }),
};

function isPlan({ command, name }: Act): boolean {
  const call = command && terraformCall(command);
  return call ? call.verb === 'plan' && !isDriftCheck(call) : name === 'terraform.plan';
}

const isApply = ({ name, command }: Act): boolean =>
  name === 'terraform.apply' ||
  (command?.program !== 'kubectl' && command?.words.some(({ value }) => value === 'apply') === true);

/** Somebody applies it by hand. */
const isLeftToAPerson = (act: Act, { steps, isAfter }: Sequence): boolean =>
  steps.some(
    ({ step }) =>
      step.uses.startsWith('human.') &&
      isAfter(step.id, act.placed.step.id) &&
      /\b(apply|applied|build|activate)/i.test(`${step.title ?? ''} ${String(step.with.instruction ?? '')}`),
  );
