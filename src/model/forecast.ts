import { type Duration, parseDuration } from '../lib/duration.ts';
import { neededFirst } from '../lib/graph.ts';
import { itemsDone } from './items-done.ts';
import type { ExpandedStep } from './plan/expand.ts';
import type { OutlinedStep } from './plan/for-each.ts';
import { givenUpAfter } from './plan/look.ts';
import { parseSpan, type Step } from './plan.ts';
import type { WaitsFor } from './run.ts';
import type { RunState, StepState } from './run-state.ts';
import { isHealthyStep, type RunOutline } from './run-steps.ts';

/** How long it is until the service is healthy, by what the plan expects. */
export interface Forecast {
  /** Milliseconds from now, when all that is left takes its shortest, or its longest. */
  readonly min: Duration;
  readonly max: Duration;
  /** What nobody knows the length of. Where there is any, `max` is no promise: it takes at least `min`. */
  readonly unknown: readonly string[];
  /** On the way that decides, the step that takes most of the shortest and of the longest time; absent where nothing takes any. */
  readonly slowest: { readonly min?: SlowStep; readonly max?: SlowStep };
}

export interface SlowStep {
  readonly step: string;
  /** What it still takes, in milliseconds. */
  readonly takes: Duration;
}

/** Undefined when there is nothing to foretell: it is healthy again, over, or being taken back. */
export function forecast(outline: RunOutline, state: RunState, now: Date): Forecast | undefined {
  if (state.healthyAt !== undefined || state.endedAt !== undefined || isTakenBack(state)) return undefined;
  const ends = endsOf(outline.steps, (placed) =>
    placed.step.for_each !== undefined
      ? leftOfItems(placed, state, now)
      : left(placed, state.steps.get(placed.step.id), now),
  );
  const awaited = outline.steps.filter((placed) => isHealthyStep(placed, outline.healthy)).map(({ step }) => step.id);
  const known = awaited.flatMap((id) => ends.get(id) ?? []);
  const endless = awaited.filter((id) => !ends.has(id)).map((id) => `when ${id} can begin`);
  const missing = awaited.length === 0 ? ['which step makes the service healthy'] : endless;
  return {
    min: Math.max(0, ...known.map(({ min }) => min)),
    max: Math.max(0, ...known.map(({ max }) => max)),
    unknown: [...new Set([...unknownBefore(awaited, ends), ...missing])],
    slowest: { ...slowestOn('min', awaited, ends), ...slowestOn('max', awaited, ends) },
  };
}

/** Along the way that takes longest, from its end back to now. */
function slowestOn(
  kind: 'min' | 'max',
  awaited: readonly string[],
  ends: ReadonlyMap<string, End>,
): Forecast['slowest'] {
  let slowest: SlowStep | undefined;
  let at = longest(awaited, (id) => ends.get(id)?.[kind] ?? 0);
  while (at !== undefined) {
    const end = ends.get(at);
    const takes = end?.own[kind] ?? 0;
    if (takes > (slowest?.takes ?? 0)) slowest = { step: at, takes };
    at = end?.after[kind];
  }
  return slowest ? { [kind]: slowest } : {};
}

const longest = (ids: readonly string[], lengthOf: (id: string) => Duration): string | undefined =>
  ids.reduce<string | undefined>(
    (best, id) => (best === undefined || lengthOf(id) > lengthOf(best) ? id : best),
    undefined,
  );

const isTakenBack = (state: RunState): boolean =>
  [...state.steps.values()].some(({ progress }) => progress.status === 'undoing' || progress.status === 'undone');

/** What one step still takes. */
interface Left {
  readonly min: Duration;
  readonly max: Duration;
  readonly unknown?: string;
  /** It counts as nothing, and so does all before it. */
  readonly settled?: true;
  /** An alternative that is not taken. */
  readonly leftOut?: true;
}

interface End extends Left {
  readonly needs: readonly string[];
  /** What the step itself takes. */
  readonly own: Left;
  /** The step before it on the way that decides. */
  readonly after: { readonly min?: string | undefined; readonly max?: string | undefined };
}

/** When each step is over. Without recursion, because runbooks may be long; steps that wait for each other in a circle have no end. */
function endsOf<S extends ExpandedStep>(steps: readonly S[], leftOf: (step: S) => Left): ReadonlyMap<string, End> {
  const byId = new Map(steps.map((placed) => [placed.step.id, placed]));
  const needs = new Map(steps.map(({ step }) => [step.id, (step.needs ?? []).filter((id) => byId.has(id))]));
  const ends = new Map<string, End>();
  for (const id of neededFirst(needs)) {
    const placed = byId.get(id) as S;
    const own = leftOf(placed);
    const before = own.settled
      ? { min: 0, max: 0, needs: [], after: {} }
      : begin(placed, needs.get(id) ?? [], { ends, byId });
    ends.set(id, {
      ...own,
      own,
      after: before.after,
      needs: before.needs,
      min: before.min + own.min,
      max: before.max + own.max,
    });
  }
  return ends;
}

interface Known {
  readonly ends: ReadonlyMap<string, End>;
  readonly byId: ReadonlyMap<string, ExpandedStep>;
}

/** When all that is needed is over. Of alternatives the quickest may be taken at best, the slowest at worst. */
function begin({ alternative: own }: ExpandedStep, needs: readonly string[], { ends, byId }: Known) {
  const choices = new Map<string, Map<string, Duration>>();
  const counted = needs.filter((id) => !ends.get(id)?.leftOut);
  for (const id of counted) {
    const { group, branch } = byId.get(id)?.alternative ?? { group: undefined, branch: id };
    const key = group !== undefined && group !== own?.group ? `one of ${group}` : `step ${id}`;
    const choice = choices.get(key) ?? new Map<string, Duration>();
    choices.set(key, choice.set(branch, Math.max(choice.get(branch) ?? 0, ends.get(id)?.min ?? 0)));
  }
  const quickest = [...choices.values()].map((choice) => Math.min(...choice.values()));
  const min = Math.max(0, ...quickest);
  return {
    needs: counted,
    after: {
      min: counted.find((id) => ends.get(id)?.min === min),
      max: longest(counted, (id) => ends.get(id)?.max ?? 0),
    },
    min,
    max: Math.max(0, ...counted.map((id) => ends.get(id)?.max ?? 0)),
  };
}

function unknownBefore(awaited: readonly string[], ends: ReadonlyMap<string, End>): readonly string[] {
  const counted = new Set(awaited);
  for (const id of counted) for (const needed of ends.get(id)?.needs ?? []) counted.add(needed);
  return [...counted].flatMap((id) => ends.get(id)?.unknown ?? []);
}

const NOTHING: Left = { min: 0, max: 0, settled: true };

function left({ step, alternative }: ExpandedStep, known: StepState | undefined, now: Date): Left {
  const progress = known?.progress ?? { status: 'queued' as const };
  switch (progress.status) {
    case 'succeeded':
      return NOTHING;
    case 'skipped':
      return { ...NOTHING, leftOut: true };
    case 'failed':
      // Another way is taken instead; when none is left, the run waits for a person, and that is said.
      if (alternative) return { ...NOTHING, leftOut: true };
      return step.on_failure === 'continue' ? NOTHING : { ...NOTHING, unknown: `what becomes of ${step.id}` };
    case 'running':
      if (known?.heldUntil !== undefined) return heldUntil(known.heldUntil, now);
      // It may be so at any moment.
      if (known?.looked?.until !== undefined) return { ...heldUntil(known.looked.until, now), min: 0 };
      return rest(workOf(step), now.getTime() - Date.parse(progress.since), step.id);
    case 'retrying':
      return after(workOf(step), Math.max(0, Date.parse(progress.notBefore) - now.getTime()));
    case 'waiting':
      return waitOf(step, progress, now);
    default:
      return approvalAndWork(step);
  }
}

/** A step for each of several items takes as long as they take, so many at a time. */
function leftOfItems(placed: OutlinedStep, state: RunState, now: Date): Left {
  const { step, inside } = placed;
  const known = state.steps.get(step.id);
  const status = known?.progress.status ?? 'queued';
  if (status !== 'queued' && status !== 'running') return left(placed, known, now);
  const one = inside ? wholeTime(inside) : workOf(step);
  const total = state.items.get(step.id)?.length ?? (Array.isArray(step.for_each) ? step.for_each.length : undefined);
  if (total === undefined) return { ...one, unknown: one.unknown ?? `for how many items ${step.id} is done` };
  const open = total - (status === 'running' ? itemsDone(step.id, state).done : 0);
  const rounds = Math.ceil(open / (step.at_once ?? 1));
  // Those under way may be about to end.
  const begun = status === 'running' ? Math.max(0, rounds - 1) : rounds;
  const work = { ...one, min: one.min * begun, max: one.max * rounds };
  return status === 'running' ? work : withApproval(step, work);
}

/** All steps of a procedure, for one item. */
function wholeTime(inside: readonly ExpandedStep[]): Left {
  const ends = [...endsOf(inside, ({ step }) => approvalAndWork(step)).values()];
  const unknown = ends.find((end) => end.unknown !== undefined)?.unknown;
  return {
    min: Math.max(0, ...ends.map(({ min }) => min)),
    max: Math.max(0, ...ends.map(({ max }) => max)),
    ...(unknown === undefined ? {} : { unknown }),
  };
}

function heldUntil(until: string, now: Date): Left {
  const wait = Math.max(0, Date.parse(until) - now.getTime());
  return { min: wait, max: wait };
}

function waitOf(step: Step, { waitsFor, since }: { waitsFor: WaitsFor; since: string }, now: Date): Left {
  const work = workOf(step);
  if (waitsFor.kind === 'confirmation') return { min: 0, max: Math.max(0, Date.parse(waitsFor.until) - now.getTime()) };
  if (waitsFor.kind === 'task') return rest(work, now.getTime() - Date.parse(since), step.id);
  if (waitsFor.kind !== 'approval') return { ...work, unknown: `what is decided about ${step.id}` };
  const until = Math.max(0, Date.parse(waitsFor.expiresAt ?? '') - now.getTime());
  if (Number.isNaN(until)) return { ...work, unknown: `how long approving ${step.id} takes` };
  return { ...work, max: work.max + until };
}

/** Somebody may say yes at once; the plan only says how long the run waits for it. */
function approvalAndWork(step: Step): Left {
  // A step with a condition may be left out, so at best neither it nor its approval takes any time.
  return withApproval(step, workOf(step));
}

function withApproval(step: Step, own: Left): Left {
  const work = step.when === undefined ? own : { ...own, min: 0 };
  if (!step.approve) return work;
  const within = step.approve.within === undefined ? undefined : parseDuration(step.approve.within);
  if (within === undefined) return { ...work, unknown: `how long approving ${step.id} takes` };
  return { ...work, max: work.max + within };
}

const after = (work: Left, wait: Duration): Left => ({ ...work, min: work.min + wait, max: work.max + wait });

function rest(work: Left, elapsed: Duration, step: string): Left {
  if (work.unknown !== undefined) return work;
  // Its own expectation has been proven wrong, so nothing can be built on it any more.
  if (elapsed > work.max) return { min: 0, max: 0, unknown: `why ${step} takes longer than expected` };
  return { min: Math.max(0, work.min - elapsed), max: work.max - elapsed };
}

function workOf(step: Step): Left {
  const { id, uses, expect, with: input } = step;
  const said = expect ?? (uses === 'time.wait' && typeof input.for === 'string' ? input.for : undefined);
  const span = said === undefined ? undefined : parseSpan(said);
  if (span) return span;
  const givenUp = parseDuration(givenUpAfter(step) ?? '');
  // A step that only says when it is given up may take until then.
  if (givenUp !== undefined) return { min: 0, max: givenUp };
  return { min: 0, max: 0, unknown: `how long ${id} takes` };
}
