import { type Duration, parseDuration } from '../lib/duration.ts';
import type { MeasuredSpan, MeasuredSteps } from '../model/measured.ts';
import { expandedSteps } from '../model/plan/expand.ts';
import { roundsIn } from '../model/plan/for-each.ts';
import { givenUpAfter } from '../model/plan/look.ts';
import { type Plan, parseSpan, type Scenario, type Step } from '../model/plan.ts';
import { inOrder, neededBy, type OrderedStep } from './step-order.ts';

/** Shortest and longest, in milliseconds. */
export interface Range {
  readonly min: Duration;
  readonly max: Duration;
}

/** One piece of the way from the damage to health. */
export interface Stretch extends Range {
  readonly kind: 'detection' | 'approval' | 'confirmation' | 'wait' | 'step';
  /** The step it belongs to; detection belongs to none. */
  readonly step?: string;
  /** What the plan leaves out, when it does not say how long this takes. Then it counts as nothing. */
  readonly unknown?: string;
  /** Where it is not what the plan expects, but what earlier runs measured: from usual to nearly the longest. */
  readonly measured?: MeasuredSpan;
}

/** The chain of steps that decides when the service is healthy again. */
export interface CriticalPath extends Range {
  /** In the order in which they happen, on the way that takes longest when everything takes longest. */
  readonly stretches: readonly Stretch[];
  /** What the plan does not say of anything that must have happened by then, on the longest way or beside it. */
  readonly unknown: readonly string[];
}

export interface TimedScenario extends Pick<Scenario, 'healthy' | 'detect_within'> {
  readonly steps: readonly OrderedStep[];
  readonly measured?: ReadonlyMap<string, MeasuredSpan> | undefined;
}

/** The critical path of a scenario of the plan, with the steps of the procedures that it uses. */
export function scenarioPath(plan: Plan, name: string, measured?: MeasuredSteps): CriticalPath {
  const scenario = plan.scenarios[name] as Scenario;
  const steps = expandedSteps(plan, name).map((expanded): OrderedStep => {
    const { step, via, alternative } = expanded;
    const rounds = roundsIn(expanded);
    const { one_of: _, ...rest } = step;
    const inside = via[0] === undefined ? {} : { partOf: via[0].step.id };
    const times = rounds === 1 ? {} : { rounds: rounds ?? ('unknown' as const) };
    return {
      ...rest,
      ...inside,
      ...times,
      ...(alternative ? { one_of: alternative.group, branch: alternative.branch } : {}),
    };
  });
  return criticalPath({ ...scenario, steps, measured: measured?.get(name) });
}

/**
 * Adds up detection, approvals, waits and steps until `healthy`, or until the last step when the plan names none. `min` is when
 * it can be over at the earliest: the longest way when everything takes its shortest, which may be another way than the one shown.
 */
export function criticalPath(scenario: TimedScenario): CriticalPath {
  const ends = endsOf(scenario);
  const awaited = scenario.steps.flatMap((step) => (isHealthy(step, scenario) ? (ends.get(step.id) ?? []) : []));
  const last = latest(awaited);
  const detection = detectionOf(scenario.detect_within);
  const way = wayTo(last, ends);
  const counted = [detection, ...stretchesBefore(awaited, ends)];
  return {
    stretches: [detection, ...way],
    min: detection.min + (last?.min ?? 0),
    max: detection.max + (last?.max ?? 0),
    unknown: [
      ...counted.flatMap(({ unknown }) => (unknown === undefined ? [] : [unknown])),
      ...endless(scenario, ends),
    ],
  };
}

/** Without a step that is said to be the healthy one, all must be over. */
const isHealthy = ({ id, partOf }: OrderedStep, { healthy }: TimedScenario): boolean =>
  healthy === undefined || id === healthy || partOf === healthy;

/** What never ends, or is not there, must not look like something that takes no time. */
function endless(scenario: TimedScenario, ends: ReadonlyMap<string, End>): readonly string[] {
  const { steps, healthy } = scenario;
  const found = steps.filter((step) => isHealthy(step, scenario)).map(({ id }) => id);
  const awaited = healthy !== undefined && found.length === 0 ? [healthy] : found;
  return awaited.filter((id) => !ends.has(id)).map((id) => `when ${id} can begin (needs)`);
}

/** The name a person knows a stretch by. */
export function stretchName({ kind, step }: Stretch): string {
  if (kind === 'detection') return 'noticing';
  if (kind === 'confirmation') return `confirming ${step}`;
  return kind === 'approval' ? `approving ${step}` : (step as string);
}

/** When a step is over, counted from the start of the runbook, and through which steps the longest way there leads. */
interface End extends Range {
  readonly stretches: readonly Stretch[];
  readonly needs: readonly string[];
  readonly through?: string;
}

/** Ends of all steps. Without recursion, because runbooks may be long; steps that wait for each other in a circle have no end. */
function endsOf({ steps, healthy, measured }: TimedScenario): Map<string, End> {
  const needs = neededBy(steps);
  const known = new Map(steps.map((step) => [step.id, step]));
  const ends = new Map<string, End>();
  for (const step of inOrder(steps, needs)) {
    const before = slowest(step, needs.get(step.id) ?? [], { ends, known });
    const own = stretchesOf(step, measured?.get(step.id));
    // The healthy step counts from when it was reached, however long its confirmation takes.
    const stretches = [...own, ...(step.id === healthy ? [] : confirmationOf(step))];
    ends.set(step.id, {
      stretches,
      needs: needs.get(step.id) ?? [],
      min: before.min + sum(stretches, 'min'),
      max: before.max + sum(stretches, 'max'),
      ...(before.through === undefined ? {} : { through: before.through }),
    });
  }
  return ends;
}

interface Before extends Range {
  readonly through?: string;
}

interface Known {
  readonly ends: ReadonlyMap<string, End>;
  readonly known: ReadonlyMap<string, OrderedStep>;
}

/** When all that is needed is over. Of alternatives the quickest may be taken at best, the slowest at worst. */
function slowest(step: OrderedStep, needs: readonly string[], { ends, known }: Known): Before {
  const branches = new Map<string, Map<string, Duration>>();
  for (const id of needs) {
    const { one_of: group, branch = id } = known.get(id) as OrderedStep;
    const isChoice = group !== undefined && group !== step.one_of;
    const choice = branches.get(isChoice ? `one of ${group}` : `step ${id}`) ?? new Map<string, Duration>();
    choice.set(branch, Math.max(choice.get(branch) ?? 0, ends.get(id)?.min ?? 0));
    branches.set(isChoice ? `one of ${group}` : `step ${id}`, choice);
  }
  const through = needs.reduce<string | undefined>(
    (best, id) => (best === undefined || maxOf(id, ends) > maxOf(best, ends) ? id : best),
    undefined,
  );
  if (through === undefined) return { min: 0, max: 0 };
  const min = Math.max(...[...branches.values()].map((choice) => Math.min(...choice.values())));
  return { min, max: maxOf(through, ends), through };
}

const maxOf = (id: string, ends: ReadonlyMap<string, End>): Duration => ends.get(id)?.max ?? 0;

function wayTo(last: End | undefined, ends: ReadonlyMap<string, End>): readonly Stretch[] {
  const way: (readonly Stretch[])[] = [];
  for (let end = last; end !== undefined; end = end.through === undefined ? undefined : ends.get(end.through))
    way.push(end.stretches);
  return way.reverse().flat();
}

/** What of anything before counts: the unknown may be the longest. */
function stretchesBefore(awaited: readonly End[], ends: ReadonlyMap<string, End>): readonly Stretch[] {
  const counted = new Set<End>(awaited);
  for (const end of counted) for (const id of end.needs) if (ends.has(id)) counted.add(ends.get(id) as End);
  return [...ends.values()].filter((end) => counted.has(end)).flatMap(({ stretches }) => stretches);
}

function latest(ends: readonly End[]): End | undefined {
  return ends.reduce<End | undefined>(
    (best, end) => (best === undefined || end.max > best.max ? end : best),
    undefined,
  );
}

const sum = (stretches: readonly Stretch[], end: keyof Range): Duration =>
  stretches.reduce((total, stretch) => total + stretch[end], 0);

function detectionOf(within: string | undefined): Stretch {
  const takes = within === undefined ? undefined : parseDuration(within);
  if (takes !== undefined) return { kind: 'detection', min: takes, max: takes };
  return { kind: 'detection', min: 0, max: 0, unknown: 'how long noticing takes (detect_within)' };
}

function stretchesOf(step: OrderedStep, measured: MeasuredSpan | undefined): readonly Stretch[] {
  // What was measured is the time for all items together.
  const own = measured ? measuredWork(step.id, measured) : inRounds(workOf(step), step);
  // A step with a condition may be left out, so at best neither it nor its approval takes any time.
  const work = step.when === undefined ? own : { ...own, min: 0 };
  return step.approve ? [approvalOf(step.id, step.approve.within), work] : [work];
}

const confirmationOf = ({ id, confirm }: Step): readonly Stretch[] =>
  confirm ? [{ kind: 'confirmation', step: id, min: 0, max: parseDuration(confirm.within) as number }] : [];

/** For each of several items, so many at a time. */
function inRounds(work: Stretch, { id, rounds = 1 }: OrderedStep): Stretch {
  if (rounds === 'unknown') return { ...work, unknown: work.unknown ?? `for how many items ${id} is done (for_each)` };
  return { ...work, min: work.min * rounds, max: work.max * rounds };
}

/** Somebody may say yes at once; the plan only says how long the run waits for it. */
function approvalOf(step: string, within: string | undefined): Stretch {
  const max = within === undefined ? undefined : parseDuration(within);
  if (max !== undefined) return { kind: 'approval', step, min: 0, max };
  return { kind: 'approval', step, min: 0, max: 0, unknown: `how long approving ${step} may take (approve.within)` };
}

const measuredWork = (step: string, measured: MeasuredSpan): Stretch => ({
  kind: 'step',
  step,
  min: measured.p50,
  max: measured.p95,
  measured,
});

function workOf(step: Step): Stretch {
  const { id, uses, expect, with: input } = step;
  const kind = uses.startsWith('time.') ? 'wait' : 'step';
  const said = expect ?? (uses === 'time.wait' && typeof input.for === 'string' ? input.for : undefined);
  const span = said === undefined ? undefined : parseSpan(said);
  if (span) return { kind, step: id, ...span };
  const givenUp = parseDuration(givenUpAfter(step) ?? '');
  // A step that only says when it is given up may take until then.
  if (givenUp !== undefined) return { kind, step: id, min: 0, max: givenUp };
  return { kind, step: id, min: 0, max: 0, unknown: `how long ${id} takes (expect)` };
}
