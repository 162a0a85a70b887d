import type { Plan } from '../../../model/plan.ts';
import { terraformCall, workspaceOf } from '../../../shell/programs/terraform.ts';
import { type PlacedScript, scriptsOf } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** What a drill clears away must be what the drill has made. */
export const standbyIsNotDestroyed: Rule = {
  id: 'standby-is-not-destroyed',
  level: 'error',
  title: 'Nothing destroys the workspace in which a recovery builds',
  why: 'terraform destroy removes everything that the workspace knows of (Terraform documentation, destroy). When a scenario recovers in the same workspace, it is the standby; after a real failover it is production, with the only current data.',
  bad: `
procedures:
  drill: { title: The drill, steps: [{ id: clean, uses: shell.run, with: { command: "terraform workspace select dr\\nterraform destroy -auto-approve" } }] }
scenarios:
  loss:
    steps:
      - { id: build, uses: shell.run, with: { command: "terraform workspace select dr\\nterraform apply dr.tfplan" } }
`,
  good: `
procedures:
  drill: { title: The drill, steps: [{ id: clean, uses: shell.run, with: { command: "terraform workspace select drill\\nterraform destroy -auto-approve" } }] }
scenarios:
  loss:
    steps:
      - { id: build, uses: shell.run, with: { command: "terraform workspace select dr\\nterraform apply dr.tfplan" } }
`,
  judge: (plan) => {
    const built = workspacesOfScenarios(plan);
    return scriptsOf(plan).flatMap(({ script, path, step }) =>
      script.commands.flatMap((command) => {
        const call = terraformCall(command);
        const isDestroy =
          call?.verb === 'destroy' ||
          (call?.verb === 'apply' && command.words.some(({ value }) => value === '-destroy'));
        const workspace = isDestroy ? workspaceOf(command, script) : undefined;
        const of = workspace === undefined ? undefined : built.get(workspace);
        if (!of || of.path === path) return [];
        return [
          {
            path,
            within: command.at,
            message: `"${step.id}" destroys the workspace ${workspace}, in which ${of.of.name} recovers: after a failover that is production itself`,
            hint: 'Give drills a workspace of their own, and destroy only that; let somebody approve the saved plan of it.',
            related: [{ path: of.path, message: `${of.of.name} works in ${workspace}` }],
          },
        ];
      }),
    );
  },
};

/** The workspaces that some scenario plans or applies in, with the text that says so. */
function workspacesOfScenarios(plan: Plan): ReadonlyMap<string, PlacedScript> {
  const found = scriptsOf(plan)
    .filter(({ of }) => of.part === 'scenarios')
    .flatMap((around) =>
      around.script.commands.flatMap((command): readonly (readonly [string, PlacedScript])[] => {
        const call = terraformCall(command);
        const workspace = call && /^(plan|apply)$/.test(call.verb) ? workspaceOf(command, around.script) : undefined;
        return workspace === undefined ? [] : [[workspace, around]];
      }),
    );
  return new Map(found);
}
