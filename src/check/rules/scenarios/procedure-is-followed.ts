import type { Plan, Step } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** What the general runbook demands, the special one may not leave out. */
export const procedureIsFollowed: Rule = {
  id: 'procedure-is-followed',
  level: 'warning',
  title: 'A scenario leaves out nothing that its own procedure demands',
  why: 'The general procedure for restoring asks for an approval and a safety copy; the scenario that was written later repeats its steps without them. At night the scenario is followed.',
  bad: `
procedures:
  restore:
    title: How a database is restored
    steps:
      - { id: safety, uses: postgres.dump, with: { component: database } }
      - { id: load, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
`,
  good: `
procedures:
  restore:
    title: How a database is restored
    steps:
      - { id: load, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
`,
  judge: (plan) =>
    Object.entries(plan.scenarios).flatMap(([name, scenario]) =>
      Object.entries(plan.procedures).flatMap(([procedure, { steps }]) => {
        const uses = scenario.steps.some((step) => step.uses === 'procedure' && step.with.procedure === procedure);
        if (uses) return [];
        return scenario.steps.flatMap((step, index): readonly Complaint[] => {
          const model = steps.findIndex((one) => isSame(one, step));
          const missing = model < 0 ? [] : leftOut(plan, steps, model, scenario.steps.slice(0, index + 1));
          if (missing.length === 0) return [];
          return [
            {
              path: ['scenarios', name, 'steps', index],
              message: `the step "${step.id}" does what the procedure ${procedure} does, and leaves out ${missing.join(' and ')}`,
              hint: `Let the scenario use the procedure (uses: procedure, with: { procedure: ${procedure} }), or add what is missing.`,
              related: [{ path: ['procedures', procedure, 'steps', model], message: 'what the procedure demands' }],
            },
          ];
        });
      }),
    ),
};

/** Reading and telling are no matter; the same command, or the same action on the same component, is the same thing. */
function isSame(one: Step, other: Step): boolean {
  if (one.uses !== other.uses || !/\.(restore|load|promote|delete|run)/.test(one.uses)) return false;
  if (one.uses !== 'shell.run') return one.with.component === other.with.component;
  const [a, b] = [one, other].map((step) => programOf(step.with.command));
  return a !== undefined && a === b;
}

/** A script of the plan's own by its path; what it is told to do is left to the rules that read commands. */
const programOf = (command: unknown): string | undefined =>
  typeof command === 'string'
    ? /^\s*((?:\.{0,2}\/)?[\w./-]+\.(?:sh|py|js|ts))\b/.exec(command)?.[1]?.replace(/^\.\//, '')
    : undefined;

function leftOut(_: Plan, steps: readonly Step[], model: number, done: readonly Step[]): readonly string[] {
  const demanded = steps[model] as Step;
  const here = done.at(-1) as Step;
  const approved = steps.slice(0, model + 1).some(({ approve, uses }) => approve || uses === 'human.approve');
  const asks = done.some(({ approve, uses }) => approve || uses === 'human.approve');
  const safety = steps.slice(0, model).filter(isSafety);
  return [
    ...(approved && !asks && demanded.uses === here.uses ? ['the approval'] : []),
    ...(safety.length > 0 && !done.some(isSafety) ? [`the copy that "${safety[0]?.id}" takes before`] : []),
  ];
}

const isSafety = ({ id, title, uses }: Step): boolean =>
  /\.(dump|base_backup|snapshot|create_snapshot|backup)$/.test(uses) ||
  /\bsafety\b/i.test(`${id.replaceAll(/[-_]/g, ' ')} ${title ?? ''}`);
