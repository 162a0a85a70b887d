import { peopleOf } from '../model/approvals.ts';
import { confirmationsMissing, standOf } from '../model/confirmation.ts';
import { lookedWords } from '../model/looked.ts';
import type { WaitsFor } from '../model/run.ts';
import type { RunPicture, WaitingStep } from '../model/run-picture.ts';
import { approvalsMissing, type RunState } from '../model/run-state.ts';
import { askedNow, asksForEnvironment, isLockedOut, whoMay } from './approvers.ts';

/** Something that only a person can do, and exactly what to type for it. */
export interface Ask {
  /** The step it is about; absent when it is about the run. */
  readonly step?: string;
  readonly kind: 'approval' | 'confirmation' | 'decision' | 'task' | 'put back' | 'resume';
  /** Who must do what, in one sentence. */
  readonly sentence: string;
  readonly commands: readonly string[];
}

/** What waits for people in a run, the most urgent first. `pausedWhy` is what the run said when it stopped. */
export function asksOf(picture: RunPicture, state: RunState, pausedWhy?: string): readonly Ask[] {
  if (state.endedAt !== undefined) return [];
  const stands = picture.status === 'paused' || picture.driver === 'none' || picture.driver === 'gone';
  const open = picture.waiting.filter(({ step }) => !isAnswered(state, step) && !isLate(state, step, picture.now));
  const asked = open.flatMap((waiting) => askOf(waiting, state));
  if (!stands) return asked;
  // An approval is asked for anew by whoever takes the run up, with what would change then.
  const words = asked.filter(({ kind }) => kind !== 'approval');
  const owing = words.length === 0 && picture.waiting.length === 0 && pausedWhy !== 'interrupted';
  const unsettled = owing && picture.status === 'paused' ? putBack(picture, state) : [];
  return [...words, ...unsettled, resumeAsk(picture, words.length + unsettled.length > 0, state.heldBack)];
}

/** Whether a step waits for nothing that a person could still say, though it has not gone on yet. */
export const isAnswered = (state: RunState, id: string): boolean => {
  const step = state.steps.get(id);
  if (step?.progress.status !== 'waiting') return true;
  const { kind } = step.progress.waitsFor;
  if (kind === 'approval') return approvalsMissing(step, state.origin) === 0;
  if (kind === 'confirmation')
    return step.confirmation?.no !== undefined || (step.confirmation && confirmationsMissing(step.confirmation)) === 0;
  return kind === 'task' ? step.answer !== undefined : step.decision !== undefined;
};

/** Whether a confirmation comes too late, so that the step is taken back. */
const isLate = (state: RunState, id: string, now: string): boolean => {
  const confirmation = state.steps.get(id)?.confirmation;
  return confirmation !== undefined && standOf(confirmation, new Date(now)) === 'late';
};

function askOf({ step, waits_for, looks }: WaitingStep, state: RunState): Ask {
  if (waits_for.kind === 'approval') {
    const asked = askedNow(waits_for, state);
    const until = waits_for.expiresAt === undefined ? '' : ` until ${clockTime(waits_for.expiresAt)}`;
    return {
      step,
      kind: 'approval',
      sentence: `${step} waits for approval by ${whoMay(state, step, asked)}${until}`,
      commands: [approveCommand(state, step, asked)],
    };
  }
  if (waits_for.kind === 'confirmation') {
    const people = peopleOf(state.origin, waits_for.role).join(', ');
    const until = clockTime(state.steps.get(step)?.confirmation?.until ?? waits_for.until);
    return {
      step,
      kind: 'confirmation',
      sentence: `${step} has acted: somebody in the role ${waits_for.role} (${people}) must say until ${until} whether the world is right, or it is taken back`,
      commands: confirmCommands(state.id, step),
    };
  }
  if (waits_for.kind === 'decision')
    return {
      step,
      kind: 'decision',
      sentence: `${step} stopped, and a person must decide how to go on: ${waits_for.why.message}`,
      commands: [`lifeboat fix ${state.id} ${step}`],
    };
  return {
    step,
    kind: 'task',
    sentence: `${step} waits for ${waits_for.role ?? 'somebody'} to do this: ${waits_for.instruction}${meanwhile(waits_for.instruction, looks)}`,
    // Two lines: copied as one, a shell would take what stands between two words for a pipe, and say "done".
    commands: taskCommands(state.id, step),
  };
}

/** What a machine looks at meanwhile, as a sentence of its own. */
function meanwhile(before: string, looks: WaitingStep['looks']): string {
  if (looks === undefined) return '';
  return `${/[.!?]$/.test(before) ? '' : '.'} It ends by itself when ${lookedWords(looks)}`;
}

export const confirmCommands = (run: string, step: string): readonly string[] => [
  `lifeboat confirm ${run} ${step} --by NAME`,
  `lifeboat confirm ${run} ${step} --no --reason "…" --by NAME`,
];

export const taskCommands = (run: string, step: string): readonly string[] => [
  `lifeboat decide ${run} ${step} done --reason "…"`,
  `lifeboat decide ${run} ${step} failed --reason "…"`,
];

/** What to type; saying yes to something destructive names the protected environment. */
export function approveCommand(state: RunState, step: string, waitsFor: WaitsFor & { kind: 'approval' }): string {
  const named = asksForEnvironment(state, waitsFor) ? ` --environment ${state.origin.environment}` : '';
  // Where nobody else is left, who drives the run can only go on without a second person.
  const how = isLockedOut(state, step, waitsFor) ? ' --break-glass "why"' : '';
  return `lifeboat approve ${state.id} ${step} --by NAME${named}${how}`;
}

/** What nobody has said anything about yet; what is said takes effect when the run goes on. */
function putBack({ owed, run }: RunPicture, state: RunState): readonly Ask[] {
  const first = owed.find(({ step }) => !['undo', 'done'].includes(state.steps.get(step)?.decision?.decision ?? ''));
  if (!first) return [];
  const { step, what } = first;
  return [
    { step, kind: 'put back', sentence: `the run may not close: ${what}`, commands: [`lifeboat fix ${run} ${step}`] },
  ];
}

/** What gives a run more time. */
export const extendCommand = (run: string): string => `lifeboat recover --resume ${run} --extend 2h --reason "…"`;

function resumeAsk({ run, driver, status }: RunPicture, isAfter: boolean, heldBack: RunState['heldBack']): Ask {
  if (heldBack?.code === 'RUN_LATE')
    return {
      kind: 'resume',
      sentence: `${heldBack.message}: somebody must give it more time`,
      commands: [extendCommand(run)],
    };
  const why =
    status === 'paused' ? 'the run is paused' : driver === 'gone' ? 'its process is gone' : 'it is not driven';
  return {
    kind: 'resume',
    sentence: isAfter ? 'the run must be taken up again' : `nobody drives the run: ${why}`,
    commands: [`lifeboat recover --resume ${run}`],
  };
}

/** `03:05:12 UTC` */
export const clockTime = (iso: string): string => `${iso.slice(11, 19)} UTC`;
