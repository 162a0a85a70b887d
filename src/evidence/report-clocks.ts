import { parseDuration } from '../lib/duration.ts';
import type { JournalEvent } from '../model/run.ts';
import { isDetectedTooEarly, timeTo, type WaitTold, waitsTold } from '../model/run-clocks.ts';
import type { RunState } from '../model/run-state.ts';
import { duration } from './plain-text.ts';
import type { Measured } from './report-verdict.ts';

/** A moment that counts, and how it is known. */
export interface ClockReading {
  readonly name: string;
  readonly at?: string;
  /** Seconds after the damage, where both are known. */
  readonly after?: number;
  readonly note?: string;
}

/** The moments of a run, each with its source. */
export function clocks(state: RunState, events: readonly JournalEvent[], detection: Measured): readonly ClockReading[] {
  const to = timeTo(state);
  const reading = (name: string, at: string | undefined, about: Pick<ClockReading, 'after' | 'note'>) =>
    at === undefined ? { name, ...noteOf(about.note) } : { name, at, ...afterOf(about.after), ...noteOf(about.note) };
  const first = events.find((event) => event.type === 'step.started');
  const healthy = events.find((event) => event.type === 'run.healthy');
  return [
    reading('Impact', state.impactAt, { note: state.impactSource }),
    reading('Detected', state.detectedAt, { ...afterOf(to.detect_seconds), note: detectionNote(state, detection) }),
    reading('Declared', state.createdAt, { ...afterOf(to.declare_seconds), note: `by ${state.createdBy}` }),
    reading('First action', state.firstActionAt, {
      ...afterOf(to.first_action_seconds),
      ...noteOf(first && `the step ${first.step}`),
    }),
    reading('Healthy', state.healthyAt, {
      ...afterOf(to.healthy_seconds),
      ...noteOf(healthy && `proven by the step ${healthy.step}`),
    }),
    reading('End', state.endedAt, {}),
  ];
}

const afterOf = (after: number | undefined): Pick<ClockReading, 'after'> => (after === undefined ? {} : { after });
const noteOf = (note: string | undefined): Pick<ClockReading, 'note'> => (note === undefined ? {} : { note });

function detectionNote(state: RunState, { promised, met }: Measured): string {
  const planned = promised === undefined ? '' : `planned within ${duration(promised)}`;
  if (state.detectedAt === undefined) return ['nobody said when it was noticed', planned].filter(Boolean).join('; ');
  if (isDetectedTooEarly(state)) return `${state.detectedSource}; before the damage, so one of both is wrong`;
  const verdict = met === undefined ? '' : met ? ', kept' : ', MISSED';
  return [state.detectedSource, planned === '' ? '' : `${planned}${verdict}`].filter(Boolean).join('; ');
}

/** How long noticing took, beside how long it may take by the plan. */
export function detectionOf(state: RunState, within: string | undefined): Measured {
  const promised = within === undefined ? undefined : parseDuration(within);
  const measured = timeTo(state).detect_seconds;
  return {
    ...(promised === undefined ? {} : { promised: promised / 1000 }),
    ...(measured === undefined ? {} : { measured }),
    ...(promised === undefined || measured === undefined ? {} : { met: measured <= promised / 1000 }),
  };
}

export type WaitRow = { readonly step: string; readonly who: string; readonly seconds: number };

/** Whom the run waited for, at which step and how long. */
export const waitRows = (state: RunState, events: readonly JournalEvent[]): readonly WaitRow[] => {
  const last = events.at(-1)?.at;
  return waitsTold(state, last === undefined ? undefined : new Date(last)).map((wait) => ({
    step: wait.step,
    who: whoWords(wait),
    seconds: wait.seconds,
  }));
};

const WAITS = {
  approval: 'an approval',
  confirmation: 'a confirmation',
  decision: 'a decision',
  task: 'somebody to do it',
} as const;

function whoWords({ waitsFor, role, by, to }: WaitTold): string {
  const asked = role === undefined ? WAITS[waitsFor] : `${WAITS[waitsFor]} by ${role}`;
  if (by !== undefined) return `${asked}: ${by.join(', ')}`;
  return to === undefined ? `${asked}: still waiting` : `${asked}: nobody answered`;
}
