import { scenarioOfRun } from '../model/run-scenario.ts';
import { openObligations, type RunState } from '../model/run-state.ts';
import { namesUsed } from '../plan/references.ts';

/**
 * What must be known of a step that waits for a decision when it works with what was typed at the start: trying again uses the same.
 * Undefined for other steps.
 */
export function frozenInputsHint(state: RunState, step: string): string | undefined {
  const known = scenarioOfRun(state).steps.find(({ id }) => id === step);
  if (!known || !takesInputs(known.with)) return undefined;
  const edit = `lifeboat decide ${state.id} ${step} edit --set key=value --reason "…"`;
  return `The inputs are frozen in the run. If one is wrong, change what this step gets of it: ${edit}. Or end the run and start again with the right one: ${endingOf(state, step)}`;
}

/** What a run still owes is put back first; `cancel` would leave it. */
const endingOf = (state: RunState, step: string): string =>
  openObligations(state).length > 0
    ? `lifeboat decide ${state.id} ${step} undo --reason "…", then: lifeboat recover --resume ${state.id}`
    : `lifeboat cancel ${state.id} --reason "…"`;

function takesInputs(value: unknown): boolean {
  if (typeof value === 'string') return namesUsed(value).some(({ name }) => name === 'inputs');
  return typeof value === 'object' && value !== null && Object.values(value).some(takesInputs);
}
