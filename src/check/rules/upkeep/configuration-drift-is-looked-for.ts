import type { Component, Plan } from '../../../model/plan.ts';
import { isDriftCheck, terraformCall } from '../../../shell/programs/terraform.ts';
import type { Rule } from '../../rule.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';
import { textsIn } from '../../texts.ts';

/** What was clicked by hand is in no repository. */
export const configurationDriftIsLookedFor: Rule = {
  id: 'configuration-drift-is-looked-for',
  level: 'warning',
  title: 'Who promises to lose no configuration looks for changes made beside the code',
  why: 'Source and Terraform state hold what went through them. What somebody changed in a console, or in the settings of a hosting service, is in neither, and a rebuild brings back the settings without it (Terraform documentation, drift). A promise of losing nothing holds only as long as somebody compares.',
  bad: `
components: { infrastructure: { kind: infrastructure-state, domain: machine, objectives: { rto: 1h, rpo: continuous }, backups: [{ method: terraform.state, copies: [{ domain: cellar }] }] } }
`,
  good: `
components: { infrastructure: { kind: infrastructure-state, domain: machine, objectives: { rto: 1h, rpo: continuous }, backups: [{ method: terraform.state, copies: [{ domain: cellar }] }] } }
tasks: { drift: { title: Look for drift between the code and what runs, every: daily } }
`,
  judge: (plan, facts) => {
    const promised = promises(plan);
    if (promised.length === 0 || isLookedFor(plan) || sequencesOf(plan, facts).some(({ acts }) => acts.some(compares)))
      return [];
    return promised.map(({ path, what }) => ({
      path,
      message: `${what} promises to lose no configuration, which holds for what went through code: nothing in the plan looks for changes made beside it`,
      hint: 'Add a task that compares every day, e.g. terraform plan -detailed-exitcode, and the settings of services that Terraform does not know.',
    }));
  },
};

interface Promised {
  readonly path: readonly (string | number)[];
  readonly what: string;
}

/** Everything kept as code that promises to lose nothing. */
function promises({ components, data }: Plan): readonly Promised[] {
  const isCode = (name: string): boolean =>
    (components[name] as Component | undefined)?.kind === 'infrastructure-state';
  const isNothing = (rpo: unknown): boolean => rpo === 'continuous' || rpo === '0' || rpo === '0s';
  return [
    ...Object.entries(components)
      .filter(([name, { objectives }]) => isCode(name) && isNothing(objectives?.rpo))
      .map(([name]) => ({ path: ['components', name, 'objectives'], what: name })),
    ...Object.entries(data)
      .filter(([, { objectives, in: where }]) => isNothing(objectives.rpo) && where.some(isCode))
      .map(([name]) => ({ path: ['data', name, 'objectives'], what: name })),
  ];
}

/** A task, drill or note that speaks of it. */
const isLookedFor = ({ tasks, drills, files, components }: Plan): boolean =>
  textsIn({ tasks, drills, files, components }).some(({ text }) => /\bdrift|detailed-exitcode/i.test(text));

const compares = ({ name = '', command }: ReturnType<typeof sequencesOf>[number]['acts'][number]): boolean => {
  const call = command && terraformCall(command);
  return name === 'drift.verify' || (call ? call.verb === 'plan' && isDriftCheck(call) : false);
};
