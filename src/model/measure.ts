import { unionLength } from '../lib/intervals.ts';
import type { HumanWait } from './human-waits.ts';

/** Of a run, all that its measurement rests on. */
export interface Waited {
  readonly impactAt: string;
  readonly healthyAt?: string;
  readonly waits: readonly HumanWait[];
}

/** What a run measured, in seconds. Human waiting is part of the RTO and told apart. */
interface Measurement {
  /** From impact to healthy; absent while the service is not healthy again. */
  readonly rtoSeconds?: number;
  readonly humanWaitSeconds: number;
}

export function measure(state: Waited): Measurement {
  const impact = Date.parse(state.impactAt);
  const end = state.healthyAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(state.healthyAt);
  const humanWaitSeconds = unionLength(
    state.waits.map((wait) => [
      Math.max(impact, Date.parse(wait.from)),
      Math.min(end, wait.to === undefined ? Date.parse(wait.from) : Date.parse(wait.to)),
    ]),
  );
  return {
    humanWaitSeconds: humanWaitSeconds / 1000,
    ...(state.healthyAt === undefined ? {} : { rtoSeconds: (end - impact) / 1000 }),
  };
}
