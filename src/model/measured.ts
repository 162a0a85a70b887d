import type { Duration } from '../lib/duration.ts';
import { canonicalJson, type Json } from '../lib/json.ts';
import { sha256Hex } from './journal-chain.ts';
import { expandedSteps } from './plan/expand.ts';
import type { Plan, Step } from './plan.ts';

/** How long a step took in earlier runs, in milliseconds. */
export interface MeasuredSpan {
  readonly min: Duration;
  readonly p50: Duration;
  readonly p95: Duration;
  /** Runs it is made of, and how many of them were drills. */
  readonly n: number;
  readonly drills: number;
}

/** How long one step really took in one run. */
export interface StepSample {
  readonly run: string;
  readonly scenario: string;
  readonly environment: string;
  readonly ended_at: string;
  readonly step: string;
  /** Of the step as it was written: one that was changed since then is another step. */
  readonly hash: string;
  readonly seconds: number;
}

/** What is known of the steps of a plan, by scenario and step. */
export type MeasuredSteps = ReadonlyMap<string, ReadonlyMap<string, MeasuredSpan>>;

/** Of fewer runs nobody can tell what is usual. */
export const ENOUGH_RUNS = 3;

/** Older runs tell of a system that was smaller. */
export const NEWEST_RUNS = 20;

/** What the length of a step depends on. What it is called, expected to take or allowed to take changes nothing of that. */
export function stepHash({
  uses,
  with: input,
  retry,
  success,
}: Pick<Step, 'uses' | 'with' | 'retry' | 'success'>): string {
  return sha256Hex(canonicalJson(JSON.parse(JSON.stringify({ uses, input, retry, success })) as Json));
}

/** The step as it stands in a plan, and all that earlier runs measured of it, however little. */
export function samplesOf(plan: Plan, samples: readonly StepSample[]): MeasuredSteps {
  const byPlace = new Map<string, StepSample[]>();
  for (const sample of samples) {
    const place = placeOf(sample.scenario, sample.step, sample.hash);
    byPlace.set(place, [...(byPlace.get(place) ?? []), sample]);
  }
  const isDrill = ({ environment }: StepSample) => plan.environments[environment]?.protected === false;
  return new Map(
    Object.keys(plan.scenarios).map((scenario) => [
      scenario,
      new Map(
        expandedSteps(plan, scenario).flatMap(({ step }) => {
          const found = byPlace.get(placeOf(scenario, step.id, stepHash(step)));
          return found === undefined || !isMeasurable(step) ? [] : [[step.id, spanOf(found, isDrill)] as const];
        }),
      ),
    ]),
  );
}

/** The same, of what was measured often enough to be counted with. */
export const measuredSteps = (plan: Plan, samples: readonly StepSample[]): MeasuredSteps =>
  countedIn(samplesOf(plan, samples));

/** Of all that was measured what was measured often enough. */
export const countedIn = (all: MeasuredSteps): MeasuredSteps =>
  new Map([...all].map(([scenario, steps]) => [scenario, enough(steps)]));

const enough = (steps: ReadonlyMap<string, MeasuredSpan>): ReadonlyMap<string, MeasuredSpan> =>
  new Map([...steps].filter(([, { n }]) => n >= ENOUGH_RUNS));

const placeOf = (scenario: string, step: string, hash: string): string => JSON.stringify([scenario, step, hash]);

/** What only lets time go by takes as long as the plan says. */
const isMeasurable = ({ uses }: Step): boolean => uses !== 'time.wait';

function spanOf(samples: readonly StepSample[], isDrill: (sample: StepSample) => boolean): MeasuredSpan {
  const newest = [...samples].sort((a, b) => compare(b.ended_at, a.ended_at) || compare(b.run, a.run));
  const counted = newest.slice(0, NEWEST_RUNS);
  const lengths = counted.map(({ seconds }) => seconds * 1000).sort((a, b) => a - b);
  return {
    min: lengths[0] as number,
    p50: nearestRank(lengths, 50),
    p95: nearestRank(lengths, 95),
    n: counted.length,
    drills: counted.filter(isDrill).length,
  };
}

/** The smallest value that so many percent of all do not exceed. `sorted` must not be empty. */
export const nearestRank = (sorted: readonly number[], percent: number): number =>
  sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] as number;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `6 runs, 5 of them drills`. */
export function runsText({ n, drills }: Pick<MeasuredSpan, 'n' | 'drills'>): string {
  const runs = n === 1 ? '1 run' : `${n} runs`;
  if (drills === 0) return runs;
  if (drills === n) return n === 1 ? '1 drill' : `${n} drills`;
  return `${runs}, ${drills} of them ${drills === 1 ? 'a drill' : 'drills'}`;
}
