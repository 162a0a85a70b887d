import { effectiveObjective } from './plan/effective.ts';
import { type ExpandedStep, expandedSteps } from './plan/expand.ts';
import { Plan } from './plan.ts';
import type { RunOrigin } from './run.ts';

/** What was promised and planned when a run began, ready to be laid beside what happens in it. */
export interface RunOutline {
  readonly title: string;
  readonly steps: readonly ExpandedStep[];
  /** The step after which the service is healthy again. */
  readonly healthy?: string;
  /** The RTO in milliseconds; absent where none that can be measured is promised. */
  readonly rto?: number;
}

/** Read once per run: parsing a plan for every event would make following a long run slow. */
export function runOutline({ plan, scenario }: RunOrigin): RunOutline {
  const { data: parsed } = Plan.safeParse(plan);
  const found = parsed?.scenarios[scenario];
  // A plan in another version of the language: what happens is still shown, only not what is to come.
  if (!parsed || !found) return { title: scenario, steps: [] };
  const rto = effectiveObjective(parsed, { scenario }, 'rto')?.promised?.max;
  return {
    title: found.title,
    steps: expandedSteps(parsed, scenario),
    ...(found.healthy === undefined ? {} : { healthy: found.healthy }),
    ...(rto === undefined ? {} : { rto }),
  };
}

/** Whether a step is the one that makes the service healthy, or a part of it. */
export const isHealthyStep = ({ step, via }: ExpandedStep, healthy: string | undefined): boolean =>
  healthy === undefined || step.id === healthy || via[0]?.step.id === healthy;
