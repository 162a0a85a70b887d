import type { RunScenario, RunStep } from './run-scenario.ts';
import type { RunState } from './run-state.ts';

/** A step as it is carried out: with the input that a person gave it, where somebody did. */
export function asEdited(step: RunStep, state: RunState): RunStep {
  const edited = state.steps.get(step.id)?.edited;
  return edited ? { ...step, with: { ...edited.with } } : step;
}

/** Some steps of a scenario as they are carried out. */
export const stepsAsEdited = ({ steps }: RunScenario, state: RunState): readonly RunStep[] =>
  steps.map((step) => asEdited(step, state));

/** Changes as soon as somebody edits one of these steps. */
export const editsOf = (state: RunState, steps: readonly string[]): string =>
  steps.map((id) => state.steps.get(id)?.edited?.seq ?? 0).join();
