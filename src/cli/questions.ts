import { DECISIONS, type WaitsFor } from '../model/run.ts';
import { approvalsMissing, type RunState } from '../model/run-state.ts';
import { approversOf, asksForEnvironment } from '../usecases/approve.ts';
import { frozenInputsHint } from '../usecases/frozen-inputs.ts';
import type { Waiting } from './run-view.ts';

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

/** What to type; saying yes to something destructive names the protected environment. */
function approveCommand(state: RunState, step: string, waitsFor: WaitsFor & { kind: 'approval' }): string {
  const named = asksForEnvironment(state, waitsFor) ? ` --environment ${state.origin.environment}` : '';
  return `lifeboat approve ${state.id} ${step} --by NAME${named}`;
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
