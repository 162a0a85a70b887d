import { messages, saidBy } from './checked-plan.fake.ts';

/** A step of a runbook, as tests write it: a command, or a whole step. */
export type FakeStep = string | Readonly<Record<string, unknown>>;

/** A fragment of a plan with these steps in its scenario; the commands are called `s1`, `s2` and so on. */
export const shellPlan = (
  steps: readonly FakeStep[],
  scenario: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): string => {
  const written = steps.map((step, index) => ({
    id: `s${index + 1}`,
    uses: 'shell.run',
    ...(typeof step === 'string' ? { with: { command: step } } : step),
  }));
  return JSON.stringify({ ...more, scenarios: { loss: { ...scenario, steps: written } } });
};

/** What a rule says of a runbook. */
export const saidOfSteps = (rule: string, ...plan: Parameters<typeof shellPlan>): string[] =>
  messages(rule, shellPlan(...plan));

/** How serious it is. */
export const levelsOfSteps = (rule: string, ...plan: Parameters<typeof shellPlan>): string[] =>
  saidBy(rule, shellPlan(...plan)).map(({ level }) => level);

/** A step for a person. */
export const byHand = (title: string): FakeStep => ({ uses: 'human.task', title, with: { instruction: title } });
