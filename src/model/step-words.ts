import { isVerified } from './approval-code.ts';
import { editable, mayAnswer } from './approvals.ts';
import type { JournalEvent, RunOrigin } from './run.ts';
import type { RunState, StepState } from './run-state.ts';

type Said = 'approved' | 'rejected' | 'decided' | 'answered' | 'escalated' | 'edited';
type Word<One extends Said = Said> = Extract<JournalEvent, { readonly type: `step.${One}` }>;

/** A step after what a person said about it, from whatever terminal. */
export function withWord(step: StepState, event: Word, state: RunState): StepState {
  const { origin, id: run } = state;
  switch (event.type) {
    case 'step.escalated':
      return escalated(step, event);
    case 'step.edited':
      return edited(step, event);
    case 'step.approved': {
      const { type: _type, run: _run, seq: _seq, prev: _prev, step: _step, ...said } = event;
      const isForged =
        event.signature !== undefined && !isVerified({ ...event, run, person: event.by }, event.signature, origin);
      const drove = event.by === state.createdBy || state.drivers.includes(event.by);
      const marks = {
        ...(isForged ? { forged: true as const } : {}),
        ...(drove ? { byDriver: true as const } : {}),
      };
      return { ...step, approvals: [...step.approvals, { ...said, ...marks }] };
    }
    case 'step.rejected':
      return { ...step, rejection: { by: event.by, hash: event.hash, reason: event.reason } };
    case 'step.decided':
      return withDecision(step, event);
    case 'step.answered':
      return answered(step, event, origin);
  }
}

function escalated(step: StepState, { hash, role }: Word<'escalated'>): StepState {
  const before = step.escalated?.hash === hash ? step.escalated.roles : [];
  return { ...step, escalated: { hash, roles: [...before, role] } };
}

/** An edit that came when the step was under way already, or over, changes nothing. */
function edited(step: StepState, event: Word<'edited'>): StepState {
  const { with: input, by, at, reason, seq } = event;
  return editable(step) ? { ...step, edited: { with: input, by, at, reason, seq } } : step;
}

/** The first word counts; a word that nobody asked for does not. */
function answered(step: StepState, event: Word<'answered'>, origin: RunOrigin): StepState {
  const { progress } = step;
  const { outcome, answer, by, at, breakGlass, despiteLook } = event;
  // A process that takes the run up asks again, and a word may come in just before it does.
  const isAsked = progress.status === 'running' || (progress.status === 'waiting' && progress.waitsFor.kind === 'task');
  if (!isAsked || step.answer || !mayAnswer(step, event, origin)) return step;
  const how = { ...(breakGlass === undefined ? {} : { breakGlass }), ...(despiteLook ? { despiteLook } : {}) };
  return { ...step, answer: { outcome, answer, by, at, ...how } };
}

/** A person who says "again" takes back an earlier no as well. */
function withDecision(step: StepState, { decision, by, reason, withoutSafetyPoint }: Word<'decided'>): StepState {
  const { rejection, ...rest } = step;
  const retries = decision === 'retry' ? 0 : step.retries;
  return {
    ...rest,
    retries,
    ...(rejection && decision !== 'retry' ? { rejection } : {}),
    decision: { decision, by, reason, ...(withoutSafetyPoint ? { withoutSafetyPoint } : {}) },
  };
}
