import { peopleOf } from '../model/approvals.ts';
import { confirmationsMissing } from '../model/confirmation.ts';
import { type Looked, lookedWords } from '../model/looked.ts';
import { DECISIONS, type WaitsFor } from '../model/run.ts';
import { approvalsMissing, type RunState } from '../model/run-state.ts';
import { whoMay } from '../usecases/approvers.ts';
import { approveCommand, confirmCommands, taskCommands } from '../usecases/asks.ts';
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
  const missing = known ? approvalsMissing(known, state.origin) : waitsFor.count;
  const { danger, changes, notes = [] } = waitsFor.preview;
  return [
    `  ? ${name} waits for ${missing} ${missing === 1 ? 'approval' : 'approvals'} by the role ${whoMay(state, step, waitsFor)}`,
    `      In ${state.origin.environment} it will (${danger}):`,
    ...(changes.length > 0 ? changes : ['nothing that can be foretold']).map((change) => `        - ${change}`),
    ...(waitsFor.where ?? []).map((one) => `        in ${one}`),
    ...(waitsFor.escalate ?? []).map(({ role, at }) => `      From ${at} on also: ${role}.`),
    ...notes.map((note) => `      ${note}`),
    ...(waitsFor.expiresAt ? [`      Asked until ${waitsFor.expiresAt}.`] : []),
    `      From any terminal: ${approveCommand(state, step, waitsFor)}`,
  ];
}

/** What somebody must look at to say that the world is right, and until when. */
export function confirmationText({ state, step, waitsFor }: Waiting, name: string): readonly string[] {
  if (waitsFor.kind !== 'confirmation') return [];
  const { confirmation } = state.steps.get(step) ?? {};
  const missing = confirmation ? confirmationsMissing(confirmation) : waitsFor.count;
  const people = peopleOf(state.origin, waitsFor.role).join(', ');
  return [
    `  ? ${name} has acted. Is the world right? It needs ${missing} ${missing === 1 ? 'confirmation' : 'confirmations'} by the role ${waitsFor.role} (${people})`,
    ...waitsFor.proofs.map(({ claim, observed }) => `        - ${claim}${observed === '' ? '' : ` (${observed})`}`),
    `      Without it, it is taken back at ${confirmation?.until ?? waitsFor.until}.`,
    ...confirmCommands(state.id, step).map((command) => `      From any terminal: ${command}`),
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

function whose(state: RunState, role: string | undefined): string {
  if (role === undefined) return 'somebody';
  const people = peopleOf(state.origin, role);
  return people.length === 0 ? `the role ${role}` : `the role ${role} (${people.join(', ')})`;
}

/** What somebody is to do, and how to say that it is done. */
export function taskText({ state, step, waitsFor }: Waiting, name: string): readonly string[] {
  if (waitsFor.kind !== 'task') return [];
  return [
    `  ? ${name} waits for ${whose(state, waitsFor.role)}: ${waitsFor.instruction}`,
    ...(waitsFor.doneWhen === undefined ? [] : [`      Done when: ${waitsFor.doneWhen}`]),
    ...lookLines(state.steps.get(step)?.looked).map((line) => `      ${line}`),
    ...taskCommands(state.id, step).map((command) => `      From any terminal: ${command}`),
  ];
}

/** What ends it by itself, and how that stands. */
export const lookLines = (looked: Pick<Looked, 'for' | 'seen'> | undefined): readonly string[] =>
  looked === undefined ? [] : [`It ends by itself when ${lookedWords(looked)}`];
