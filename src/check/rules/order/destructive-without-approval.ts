import type { AnyAction } from '../../../actions/action.ts';
import { dangersOf } from '../../commands/dangers.ts';
import { scriptOf } from '../../commands/scripts.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { alters, type PlacedStep } from '../../runbooks/runbook.ts';
import { stepsOf } from '../../runbooks/sequences.ts';

/** What cannot be taken back needs two heads. */
export const destructiveWithoutApproval: Rule = {
  id: 'destructive-without-approval',
  level: 'error',
  title: 'Nothing in a protected environment is altered without a second person',
  why: 'A tired person under pressure restores over the wrong database. A step that destroys or changes what is there needs an approval, whether it is a typed action or a command such as DROP TABLE or a change of DNS. Excepted is a change that the run itself keeps book of: one that opens an obligation to be put back, such as stopping one role, or that settles such an obligation; and commands that only start, restart or scale. Stopping the damage must not wait for anybody.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: drop, uses: shell.run, with: { command: 'psql -d shop -c "DROP TABLE orders"' } }
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: block, uses: postgres.block_role, with: { component: database, role: intern } }
      - { id: look, uses: shell.run, with: { command: 'psql -d shop -c "SELECT max(created) FROM orders"' } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: unblock, uses: postgres.unblock_role, with: { component: database, role: intern } }
`,
  judge(plan, facts) {
    const guarded = Object.entries(plan.environments).flatMap(([name, one]) => (one.protected ? [name] : []));
    if (guarded.length === 0) return [];
    const hint = `Add approve: { role: …, within: 10m } to the step. ${guarded.join(', ')} is protected.`;
    return stepsOf(plan, facts)
      .filter(({ step }) => !step.approve)
      .flatMap((placed) => [...typed(placed, hint), ...commands(placed, hint)]);
  },
};

function typed({ step, path, action }: PlacedStep, hint: string): readonly Complaint[] {
  if (!action && DESTROYS.test(step.uses)) {
    const message = `the step "${step.id}" destroys what cannot be brought back, as its name says, and nobody approves it`;
    return [{ path: [...path, 'uses'], message, hint }];
  }
  // What a command does stands in its text; what a person is asked to do, that person does.
  if (!action || action.worksOn === 'run' || scriptOf(step) || !alters(action) || isBooked(action)) return [];
  const message = `the step "${step.id}" ${WORDS[action.danger as 'change' | 'destroy']}, and nobody approves it`;
  return [{ path: [...path, 'uses'], message, hint }];
}

/** Of actions of later builds no more is known than their name. */
const DESTROYS = /\.(delete|destroy|drop|purge)(_|$)/;

/** Each thing that is done is said once, however often the text does it. */
function commands({ step, path }: PlacedStep, hint: string): readonly Complaint[] {
  const script = scriptOf(step);
  const found = new Map((script ? dangersOf(script) : []).toReversed().map((one) => [one.name, one]));
  return [...found.values()].toReversed().map(({ name, does, danger, at }) => ({
    path: [...path, 'with', 'command'],
    within: at,
    level: danger === 'destroy' ? ('error' as const) : ('warning' as const),
    message: `${name} ${does}, and nobody approves the step "${step.id}"`,
    hint,
  }));
}

const WORDS = { change: 'alters what is there', destroy: 'destroys what cannot be brought back' };

/** What a run puts back itself, or must answer for before it may close. Destroying counts only when it clears away what the run made. */
const isBooked = (action: AnyAction): boolean =>
  action.settles !== undefined || (action.owes !== undefined && action.danger !== 'destroy');
