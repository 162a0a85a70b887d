import { terraformCall } from '../../../shell/programs/terraform.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** What is approved must be what is done. */
export const terraformAppliesASavedPlan: Rule = {
  id: 'terraform-applies-a-saved-plan',
  level: 'warning',
  title: 'Terraform applies a saved plan that somebody has read',
  why: 'terraform apply without a plan makes a new one and waits until somebody types "yes" (Terraform documentation, apply): without a terminal it stops there. With -auto-approve it does what it finds at that moment, also destroying, and nobody has read it. A file made by plan -out is applied as it is, or refused.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: build, uses: shell.run, with: { command: "terraform workspace select dr\\nterraform apply -var-file=dr.tfvars" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: plan, uses: shell.run, with: { command: "terraform workspace select dr\\nterraform plan -input=false -var-file=dr.tfvars -out=dr.tfplan" } }
      - { id: build, uses: shell.run, with: { command: terraform apply dr.tfplan } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const call = terraformCall(command);
      if (call?.verb !== 'apply' || call.plain.length > 0) return [];
      const message = call.asksNobody
        ? `${command.program} apply -auto-approve does what it finds at that moment, and nobody has seen whether it destroys something`
        : `${command.program} apply without a saved plan waits until somebody types "yes", and stops where there is no terminal`;
      const hint = `${command.program} plan -input=false -out=recovery.tfplan, an approval, then ${command.program} apply recovery.tfplan.`;
      return [{ message, hint }];
    }),
};
