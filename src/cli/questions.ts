import { DECISIONS, type WaitsFor } from '../model/run.ts';
import { approvalsMissing, type RunState } from '../model/run-state.ts';
import { approversOf } from '../usecases/approve.ts';
import { approveCommand, taskCommands } from '../usecases/asks.ts';
import { frozenInputsHint } from '../usecases/frozen-inputs.ts';

/** A step that waits for a person, as the view knows it. */
export interface Waiting {
  readonly state: RunState;
  readonly step: string;
  readonly waitsFor: WaitsFor;
}

/** Decisions that an earlier process asked for. Approvals are asked for anew, with what would change now. */
export const openDecisions = (state: RunState): readonly Waiting[] =>
  [...state.steps.values()].flatMap(({ id, progress }) =>
    progress.status === 'waiting' && progress.waitsFor.kind === 'decision'
      ? [{ state, step: id, waitsFor: progress.waitsFor }]
      : [],
  );

/** What somebody must know to say yes or no: who may, what will change, until when, and how. */
export function approvalText({ state, step, waitsFor }: Waiting, name: string): readonly string[] {
  if (waitsFor.kind !== 'approval') return [];
  const known = state.steps.get(step);
  const missing = known ? approvalsMissing(known) : waitsFor.count;
  const { danger, changes } = waitsFor.preview;
  const people = approversOf(state, waitsFor.role).join(', ');
  return [
    `  ? ${name} waits for ${missing} ${missing === 1 ? 'approval' : 'approvals'} by the role ${waitsFor.role} (${people})`,
    `      In ${state.origin.environment} it will (${danger}):`,
    ...(changes.length > 0 ? changes : ['nothing that can be foretold']).map((change) => `        - ${change}`),
    ...(waitsFor.expiresAt ? [`      Asked until ${waitsFor.expiresAt}.`] : []),
    `      From any terminal: ${approveCommand(state, step, waitsFor)}`,
  ];
}

/** What somebody must know to decide how to go on. */
export function decisionText({ state, step, waitsFor }: Waiting, name: string): readonly string[] {
  if (waitsFor.kind !== 'decision') return [];
  const frozen = frozenInputsHint(state, step);
  return [
    `  ? ${name} needs a decision: ${waitsFor.why.message}`,
    `      → ${waitsFor.why.hint}`,
    ...(frozen === undefined ? [] : [`      → ${frozen}`]),
    `      From any terminal: lifeboat decide ${state.id} ${step} ${DECISIONS.join('|')} --reason "…"`,
  ];
}

/** What somebody is to do, and how to say that it is done. */
export function taskText({ state, step, waitsFor }: Waiting, name: string): readonly string[] {
  if (waitsFor.kind !== 'task') return [];
  return [
    `  ? ${name} waits for somebody: ${waitsFor.instruction}`,
    ...(waitsFor.doneWhen === undefined ? [] : [`      Done when: ${waitsFor.doneWhen}`]),
    ...taskCommands(state.id, step).map((command) => `      From any terminal: ${command}`),
  ];
}
