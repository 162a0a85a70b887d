import { isImpactAssumed } from './detection.ts';
import type { HumanWait } from './human-waits.ts';
import type { RunState } from './run-state.ts';

/** How long after the damage things were, in seconds. What is not known is absent, never zero. */
export interface TimeTo {
  readonly detect_seconds?: number;
  readonly declare_seconds?: number;
  readonly first_action_seconds?: number;
  readonly healthy_seconds?: number;
}

/** Counted as the RTO is. Where the moment of the damage is only assumed, nobody knows how long noticing and declaring took. */
export function timeTo(state: RunState): TimeTo {
  const isKnown = !isImpactAssumed(state);
  const { impactAt, detectedAt, createdAt, firstActionAt, healthyAt } = state;
  return {
    ...after('detect_seconds', impactAt, isKnown ? detectedAt : undefined),
    ...after('declare_seconds', impactAt, isKnown ? createdAt : undefined),
    ...after('first_action_seconds', impactAt, firstActionAt),
    ...after('healthy_seconds', impactAt, healthyAt),
  };
}

/** Moments out of order say that one of both is wrong: then nothing was measured. */
function after(name: keyof TimeTo, from: string, to: string | undefined): TimeTo {
  const seconds = to === undefined ? Number.NaN : (Date.parse(to) - Date.parse(from)) / 1000;
  return seconds >= 0 ? { [name]: seconds } : {};
}

/** Whether damage is said to have been noticed before it was done. */
export const isDetectedTooEarly = (state: RunState): boolean =>
  state.detectedAt !== undefined &&
  !isImpactAssumed(state) &&
  Date.parse(state.detectedAt) < Date.parse(state.impactAt);

/** One time that a run waited for people, with its length so far. */
export type WaitTold = HumanWait & { readonly seconds: number };

/** All waiting for people, oldest first. What still waits is counted up to `now`. */
export const waitsTold = ({ waits, endedAt }: RunState, now?: Date): readonly WaitTold[] =>
  waits.map((wait) => {
    const to = wait.to ?? endedAt ?? now?.toISOString() ?? wait.from;
    return { ...wait, seconds: Math.max(0, Date.parse(to) - Date.parse(wait.from)) / 1000 };
  });
