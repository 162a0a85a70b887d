import type { MeasuredSpan } from './measured.ts';
import { effectiveObjective } from './plan/effective.ts';
import { type ExpandedStep, expandedSteps } from './plan/expand.ts';
import { type OutlinedStep, outlined } from './plan/for-each.ts';
import { Plan } from './plan.ts';
import type { RunOrigin } from './run.ts';

/** What was promised and planned when a run began, ready to be laid beside what happens in it. */
export interface RunOutline {
  readonly title: string;
  readonly steps: readonly OutlinedStep[];
  /** How long the run may take in all. */
  readonly deadline?: string;
  /** The step after which the service is healthy again. */
  readonly healthy?: string;
  /** The RTO in milliseconds; absent where none that can be measured is promised. */
  readonly rto?: number;
  /** Steps of it count what earlier runs measured, instead of what the plan expects. */
  readonly isMeasured?: true;
}

/** Read once per run: parsing a plan for every event would make following a long run slow. */
export function runOutline({ plan, scenario, measured = {} }: RunOrigin): RunOutline {
  const { data: parsed } = Plan.safeParse(plan);
  const found = parsed?.scenarios[scenario];
  // A plan in another version of the language: what happens is still shown, only not what is to come.
  if (!parsed || !found) return { title: scenario, steps: [] };
  const rto = effectiveObjective(parsed, { scenario }, 'rto')?.promised?.max;
  return {
    title: found.title,
    steps: outlined(expandedSteps(parsed, scenario).map((placed) => withMeasured(placed, measured[placed.step.id]))),
    ...(found.deadline === undefined ? {} : { deadline: found.deadline }),
    ...(found.healthy === undefined ? {} : { healthy: found.healthy }),
    ...(rto === undefined ? {} : { rto }),
    ...(Object.keys(measured).length === 0 ? {} : { isMeasured: true }),
  };
}

/** What was measured counts instead of what the plan expects. The quickest run is the least it takes, so that no alarm is false. */
function withMeasured(placed: ExpandedStep, span: MeasuredSpan | undefined): ExpandedStep {
  return span ? { ...placed, step: { ...placed.step, expect: `${span.min}ms..${span.p95}ms` } } : placed;
}

/** Whether a step is the one that makes the service healthy, or a part of it. */
export const isHealthyStep = ({ step, via }: ExpandedStep, healthy: string | undefined): boolean =>
  healthy === undefined || step.id === healthy || via[0]?.step.id === healthy;
