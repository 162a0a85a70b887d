import { isImpactAssumed } from '../model/detection.ts';
import type { JournalEvent } from '../model/run.ts';
import { openObligations, type RunState } from '../model/run-state.ts';
import { count, duration } from './plain-text.ts';
import type { Loss } from './report-loss.ts';
import type { StepReport } from './report-steps.ts';

/** A promise beside what was measured, in seconds. What is absent was not promised or not measured; it is never zero. */
export interface Measured {
  readonly promised?: number;
  readonly measured?: number;
  readonly met?: boolean;
}

/** What a reader must know first. `open` is neither good nor bad: not over, or not measured. */
export interface Judgement {
  readonly tone: 'good' | 'bad' | 'open';
  /** The shortest answer. */
  readonly word: string;
  readonly sentence: string;
  /** What the sentence leaves out and a reader must not overlook. */
  readonly notes: readonly string[];
}

interface Facts {
  readonly state: RunState;
  readonly events: readonly JournalEvent[];
  readonly rto: Measured;
  readonly rpo: Measured;
  readonly loss: Loss;
  readonly steps: readonly StepReport[];
}

export function judge(facts: Facts): Judgement {
  const found = tone(facts);
  return { tone: found, word: word(found, facts), sentence: sentence(facts), notes: notes(facts) };
}

function tone({ state, rto, rpo, steps }: Facts): Judgement['tone'] {
  if (state.status === 'failed' || state.status === 'canceled') return 'bad';
  if (rto.met === false || rpo.met === false || unheld(steps).length > 0) return 'bad';
  if (state.status !== 'succeeded') return 'open';
  if (openObligations(state).length > 0) return 'bad';
  return rto.met && rpo.met ? 'good' : 'open';
}

function word(found: Judgement['tone'], { state }: Facts): string {
  if (state.status === 'failed' || state.status === 'canceled') return 'Not recovered';
  if (state.status !== 'succeeded') return 'Not over';
  return { good: 'Recovered', bad: 'Recovered, but not as promised', open: 'Done, but not all of it measured' }[found];
}

function sentence(facts: Facts): string {
  const { state, events } = facts;
  switch (state.status) {
    case 'succeeded':
      return `${recovered(facts.rto)} ${lost(facts.loss)}`;
    case 'failed':
      return `The recovery failed: ${state.error?.message ?? 'no reason was kept'}. ${health(facts)}`;
    case 'canceled': {
      const end = events.findLast((event) => event.type === 'run.canceled');
      return `The recovery was canceled by ${end?.by ?? 'somebody'}: ${end?.reason ?? 'no reason was kept'}. ${health(facts)}`;
    }
    default:
      return `The recovery is not over: ${standing(facts)}. ${health(facts)}`;
  }
}

function recovered({ promised, measured, met }: Measured): string {
  if (measured === undefined)
    return 'Every step is done, but none of them showed that the service is healthy: the time to recover was not measured.';
  const after = `The service was healthy again ${duration(measured)} after the damage`;
  if (promised === undefined) return `${after}; no time was promised.`;
  return met
    ? `${after}, within the ${duration(promised)} that were promised.`
    : `${after}, ${duration(measured - promised)} later than the ${duration(promised)} that were promised.`;
}

function lost({ lost, acknowledged, lossSeconds }: Loss): string {
  if (lost === undefined) return 'How much was lost was not measured.';
  if (lost === 0) return `No acknowledged write was lost${acknowledged ? ` (${acknowledged} looked up)` : ''}.`;
  const span = lossSeconds === undefined ? '' : `, the last ${duration(lossSeconds)} before the damage`;
  return `${lost}${acknowledged ? ` of ${acknowledged}` : ''} acknowledged writes were lost${span}.`;
}

const health = ({ rto }: Facts): string =>
  rto.measured === undefined
    ? 'The service was not seen healthy.'
    : `The service was healthy ${duration(rto.measured)} after the damage.`;

const WAITS_FOR = {
  approval: 'an approval',
  confirmation: 'a confirmation',
  decision: 'a decision',
  task: 'somebody to do something',
} as const;

function standing({ state, steps }: Facts): string {
  const waiting = [...state.steps.values()].flatMap(({ id, progress }) =>
    progress.status === 'waiting' ? [`step ${id} waits for ${WAITS_FOR[progress.waitsFor.kind]}`] : [],
  );
  if (waiting.length > 0) return waiting.join(', ');
  const done = steps.filter(({ status }) => status === 'succeeded' || status === 'skipped').length;
  return `it is ${state.status}, with ${done} of ${count(steps.length, 'step')} done`;
}

function notes({ state, steps, rto }: Facts): readonly string[] {
  return [
    ...openObligations(state).map(({ what, step }) => `Still to be put back: ${what} (by step ${step}).`),
    ...unheld(steps).map(
      ({ id, proof }) => `A proof of step ${id} did not hold: ${proof.claim}; seen: ${proof.observed}.`,
    ),
    ...steps
      .filter(({ status }) => status === 'failed')
      .map(({ id, error }) => `Step ${id} failed: ${error?.message ?? ''}.`),
    ...steps
      .filter(({ how }) => how === 'decided')
      .map(({ id }) => `Step ${id} counts as done because a person said so.`),
    ...steps
      .filter(({ status }) => status === 'skipped')
      .map(({ id, note }) => `Step ${id} was skipped: ${note ?? ''}.`),
    ...(rto.measured !== undefined && isImpactAssumed(state)
      ? [
          `When the damage was done is not known, so the clock began ${state.detectedAt === state.impactAt ? 'when it was noticed' : 'with the run'}: the true time is longer.`,
        ]
      : []),
  ];
}

const unheld = (steps: readonly StepReport[]) =>
  steps.flatMap(({ id, proofs }) => proofs.filter(({ held }) => !held).map((proof) => ({ id, proof })));
