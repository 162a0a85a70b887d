import { formatDuration, parseDuration } from '../../../lib/duration.ts';
import type { Plan } from '../../../model/plan.ts';
import { calledAs } from '../../../shell/called.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import { endlessBecause } from '../../commands/waits.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type PlacedStep, runbooks } from '../../runbooks/runbook.ts';

/** Every wait has an end, and no end comes before the work can be done. */
export const unboundedStep: Rule = {
  id: 'unbounded-step',
  level: 'warning',
  title: 'Every step and every wait for a person has an end that leaves time enough',
  why: 'A step that hangs, or an approval that nobody sees, stops a recovery silently while the clock runs. An end that comes before the expected time is worse: it breaks off work that goes well. A command that follows a log or repeats itself has no end at all: the step runs into its deadline, and the next one never begins.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, expect: 30m, timeout: 10m }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, approve: { role: keeper } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, expect: 30m, timeout: 1h }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, approve: { role: keeper, within: 10m } }
`,
  judge: (plan, facts) => [
    ...runbooks(plan, facts).flatMap(({ steps }) =>
      steps.flatMap((step) => [...endlessApproval(step), ...wrongTimeout(step)]),
    ),
    ...endlessCommands(plan),
  ],
};

const endlessCommands = (plan: Plan): readonly Complaint[] =>
  judgeCommands(plan, (command, { step }) => {
    const why = endlessBecause(command);
    if (why === undefined) return [];
    const message = `${calledAs(command)} ${why}: the step "${step.id}" cannot get past it`;
    return [{ message, hint: 'Ask once, or wait with an end: timeout 10m …, aws … wait, kubectl wait --timeout=…' }];
  });

function endlessApproval({ step, path }: PlacedStep): readonly Complaint[] {
  if (!step.approve || step.approve.within !== undefined) return [];
  const message = `the step "${step.id}" waits for an approval without end`;
  return [
    { path: [...path, 'approve'], message, hint: 'Add within: 10m. When nobody answers, the run pauses and says so.' },
  ];
}

function wrongTimeout({ step, path, action }: PlacedStep): readonly Complaint[] {
  const timeout = step.timeout === undefined ? action?.timeout : parseDuration(step.timeout);
  const expected = step.expect === undefined ? undefined : parseDuration(step.expect);
  const at = [...path, step.timeout === undefined ? 'expect' : 'timeout'];
  if (timeout === 0)
    return [
      {
        path: at,
        level: 'error',
        message: `the step "${step.id}" is given no time at all`,
        hint: 'Write how long it may take, e.g. 10m.',
      },
    ];
  if (timeout === undefined || expected === undefined || timeout > expected) return [];
  const end = step.timeout ?? `the ${formatDuration(timeout)} of ${step.uses}`;
  return [
    {
      path: at,
      level: 'error',
      message: `the step "${step.id}" is expected to take ${step.expect}, and is broken off after ${end}`,
      hint: 'Give it more time than it is expected to take.',
    },
  ];
}
