import { type Forecast, forecast } from './forecast.ts';
import { type ItemsDone, itemsDone, wholeOfItem } from './items-done.ts';
import type { RunSummary } from './journal.ts';
import type { Looked } from './looked.ts';
import { parseSpan, type Step } from './plan.ts';
import type { RunStatus, WaitsFor } from './run.ts';
import { limitOf, type RunLimit } from './run-deadline.ts';
import { measure, openObligations, type RunState, type StepState } from './run-state.ts';
import type { RunOutline } from './run-steps.ts';
import { isBeingUndone, undoOrder } from './undo-order.ts';

/** A step by the words people use for it: `[4/9] load: Load the dump`. */
export interface StepName {
  readonly step: string;
  /** From 1; absent for a step that the plan of the run does not list. */
  readonly position?: number;
  readonly title?: string;
}

export interface UnderWay extends StepName {
  readonly doing: 'running' | 'retrying' | 'taking back';
  readonly attempt: number;
  readonly seconds?: number;
  /** The longest the plan expects. */
  readonly expect_seconds?: number;
  readonly again_at?: string;
  /** It only lets time go by. */
  readonly held_until?: string;
  /** What it waits for in the world, what it last saw, and when it gives up. */
  readonly looks?: Looked;
  /** How far it is with what it is carried out for; the items themselves are not listed. */
  readonly items?: ItemsDone;
}

/** A step that waits for a person. */
export interface WaitingStep extends StepName {
  readonly waits_for: WaitsFor;
  /** What a machine looks at meanwhile, and last saw. */
  readonly looks?: Looked;
  readonly since: string;
  readonly seconds: number;
}

/** How a promise stands while it can still be kept, and after. */
export type Outlook = 'met' | 'on course' | 'not known' | 'may be missed' | 'will be missed' | 'missed';

/** The clocks of a run, in seconds. */
export interface RunClock {
  readonly impact_at: string;
  readonly impact_source: string;
  /** From impact to now, or to healthy. */
  readonly elapsed_seconds: number;
  readonly healthy_at?: string;
  readonly rto_seconds?: number;
  readonly outlook?: Outlook;
  /** Until healthy, from now. `to_seconds` is absent where something has no known length: then it takes at least `from_seconds`. */
  readonly forecast?: {
    readonly from_seconds: number;
    readonly to_seconds?: number;
    readonly unknown: readonly string[];
    /** Steps of it were measured in earlier runs. */
    readonly measured?: true;
  };
  /** How long the run may take in all, where the scenario says it and it is not over. */
  readonly limit?: RunLimit;
  /** By how much it will be missed at least, or may be missed at worst, and the step that takes most of it. */
  readonly late?: { readonly by_seconds: number; readonly step?: string; readonly takes_seconds?: number };
  /** Part of the elapsed time that was spent waiting for people. */
  readonly human_wait_seconds: number;
}

/** All one must see of a run at one moment, whoever looks and however it is shown. */
export interface RunPicture {
  readonly run: string;
  readonly scenario: string;
  readonly title: string;
  readonly environment: string;
  readonly status: RunStatus;
  readonly now: string;
  /** Whether a process drives the run. */
  readonly driver: RunSummary['ownerState'];
  readonly total: number;
  readonly done: number;
  readonly under_way: readonly UnderWay[];
  readonly next: readonly StepName[];
  /** While the run is being taken back: what is still to be taken back, in this order. */
  readonly undo_next: readonly StepName[];
  /** The one that has waited longest first. */
  readonly waiting: readonly WaitingStep[];
  readonly owed: readonly { readonly step: string; readonly what: string }[];
  readonly clock: RunClock;
}

/** The moment of looking, and what the log alone does not tell. */
export interface Look {
  readonly now: Date;
  readonly driver: RunSummary['ownerState'];
}

/** What is seen of a run: nothing but its plan, its state and the moment. */
export function runPicture(outline: RunOutline, state: RunState, { now, driver }: Look): RunPicture {
  const steps = outline.steps.map(({ step }) => step);
  const name = namer(steps);
  const byId = new Map(steps.map((step) => [step.id, step]));
  return {
    run: state.id,
    scenario: state.origin.scenario,
    title: outline.title,
    environment: state.origin.environment,
    status: state.status,
    now: now.toISOString(),
    driver,
    total: steps.length,
    done: steps.filter(({ id }) => isDone(state.steps.get(id))).length,
    under_way: [...state.steps.values()].flatMap((known) => underWay(known, { name, steps: byId, now, state })),
    next: state.endedAt === undefined && !isBeingUndone(state) ? nextOf(outline, state).map(name) : [],
    undo_next: state.endedAt === undefined && isBeingUndone(state) ? undoNext(steps, state).map(name) : [],
    waiting: waitingOf(state, name, now),
    owed: openObligations(state).map(({ step, what }) => ({ step, what })),
    clock: clockOf(outline, state, { now, driver }),
  };
}

type Namer = (id: string) => StepName;

function namer(steps: readonly Step[]): Namer {
  const places = new Map(steps.map(({ id, title }, index) => [id, { position: index + 1, title }]));
  return (step) => {
    const { position, title } = places.get(step) ?? {};
    return { step, ...(position === undefined ? {} : { position }), ...(title === undefined ? {} : { title }) };
  };
}

const isDone = (known: StepState | undefined): boolean =>
  known?.progress.status === 'succeeded' || known?.progress.status === 'skipped';

interface Naming {
  readonly name: Namer;
  readonly steps: ReadonlyMap<string, Step>;
  readonly now: Date;
  readonly state: RunState;
}

function underWay(known: StepState, { name, steps, now, state }: Naming): readonly UnderWay[] {
  const { id, progress, attempts, heldUntil, looked, confirmation } = known;
  if (wholeOfItem(id, state) !== undefined && progress.status !== 'undoing') return [];
  const about = { ...name(id), attempt: attempts };
  if (progress.status === 'undoing') return [{ ...about, doing: 'taking back' }];
  if (progress.status === 'retrying') return [{ ...about, doing: 'retrying', again_at: progress.notBefore }];
  if (progress.status !== 'running') return [];
  if (confirmation?.takenBack !== undefined) return [{ ...about, doing: 'taking back' }];
  if (state.items.has(id))
    return [{ ...about, doing: 'running', seconds: between(progress.since, now), items: itemsDone(id, state) }];
  const expected = steps.get(id)?.expect;
  const max = expected === undefined ? undefined : parseSpan(expected)?.max;
  return [
    {
      ...about,
      doing: 'running',
      seconds: between(progress.since, now),
      ...(max === undefined ? {} : { expect_seconds: max / 1000 }),
      ...(heldUntil === undefined ? {} : { held_until: heldUntil }),
      ...(looked === undefined ? {} : { looks: looked }),
    },
  ];
}

const undoNext = (steps: readonly Step[], state: RunState): readonly string[] =>
  undoOrder(steps, state).flatMap(({ id }) => {
    const known = state.steps.get(id);
    return known?.progress.status === 'undoing' || known?.danger === 'read' ? [] : [id];
  });

/** Steps that have not begun and begin as soon as what is under way has ended well. */
function nextOf({ steps }: RunOutline, state: RunState): readonly string[] {
  const settled = new Set(
    steps.filter(({ step }) => state.steps.get(step.id) !== undefined).map(({ step }) => step.id),
  );
  return steps
    .map(({ step }) => step)
    .filter(({ id, needs }) => !settled.has(id) && (needs ?? []).every((needed) => settled.has(needed)))
    .map(({ id }) => id);
}

function waitingOf(state: RunState, name: Namer, now: Date): readonly WaitingStep[] {
  if (state.endedAt !== undefined) return [];
  return [...state.steps.values()]
    .flatMap(({ id, progress, looked }) => {
      if (progress.status !== 'waiting') return [];
      const { waitsFor, since } = progress;
      const looks = looked !== undefined && waitsFor.kind === 'task' ? { looks: looked } : {};
      return [{ ...name(id), waits_for: waitsFor, ...looks, since, seconds: between(since, now) }];
    })
    .sort((a, b) => a.since.localeCompare(b.since));
}

function clockOf(outline: RunOutline, state: RunState, look: Look): RunClock {
  const { rto } = outline;
  const end = state.healthyAt ?? state.endedAt;
  const elapsed = between(state.impactAt, end === undefined ? look.now : new Date(end));
  const ahead = forecastOf(outline, state, look);
  const limit = state.endedAt === undefined ? limitOf(outline, state, look.now) : undefined;
  const outlook = rto === undefined ? undefined : outlookOf(state, { elapsed, rto: rto / 1000, ahead });
  return {
    impact_at: state.impactAt,
    impact_source: state.impactSource,
    elapsed_seconds: elapsed,
    ...(state.healthyAt === undefined ? {} : { healthy_at: state.healthyAt }),
    ...(rto === undefined ? {} : { rto_seconds: rto / 1000 }),
    ...(outlook === undefined ? {} : { outlook }),
    ...(ahead === undefined ? {} : { forecast: ahead.told }),
    ...(outlook === undefined || rto === undefined ? {} : lateBy(outlook, { elapsed, rto: rto / 1000, ahead })),
    ...(limit === undefined ? {} : { limit }),
    human_wait_seconds: waitedSoFar(state, look.now),
  };
}

interface Ahead {
  readonly told: NonNullable<RunClock['forecast']>;
  readonly slowest: Forecast['slowest'];
}

function forecastOf(outline: RunOutline, state: RunState, { now, driver }: Look): Ahead | undefined {
  const found = forecast(outline, state, now);
  if (!found) return undefined;
  const stands = state.status === 'paused' || driver === 'none' || driver === 'gone';
  const unknown = [...(stands ? ['when somebody goes on with the run'] : []), ...found.unknown];
  const told = {
    from_seconds: found.min / 1000,
    ...(unknown.length > 0 ? {} : { to_seconds: found.max / 1000 }),
    unknown,
    ...(outline.isMeasured ? { measured: true as const } : {}),
  };
  return { told, slowest: found.slowest };
}

/** Only for what is foretold: once it is missed, the clock itself says by how much. */
function lateBy(outlook: Outlook, { elapsed, rto, ahead }: Promised): Pick<RunClock, 'late'> {
  if (outlook !== 'will be missed' && outlook !== 'may be missed') return {};
  const isSure = outlook === 'will be missed';
  const left = (isSure ? ahead?.told.from_seconds : ahead?.told.to_seconds) ?? 0;
  const slow = isSure ? ahead?.slowest.min : ahead?.slowest.max;
  const blamed = slow === undefined ? {} : { step: slow.step, takes_seconds: slow.takes / 1000 };
  return { late: { by_seconds: elapsed + left - rto, ...blamed } };
}

interface Promised {
  readonly elapsed: number;
  readonly rto: number;
  readonly ahead: Ahead | undefined;
}

function outlookOf({ healthyAt }: RunState, { elapsed, rto, ahead }: Promised): Outlook {
  if (healthyAt !== undefined) return elapsed <= rto ? 'met' : 'missed';
  if (elapsed > rto) return 'missed';
  if (!ahead) return 'not known';
  const { from_seconds, to_seconds } = ahead.told;
  if (elapsed + from_seconds > rto) return 'will be missed';
  if (to_seconds === undefined) return 'not known';
  return elapsed + to_seconds > rto ? 'may be missed' : 'on course';
}

/** As the measurement at the end counts it, with the waits that are still open counted up to now. */
function waitedSoFar(state: RunState, now: Date): number {
  const until = state.endedAt ?? now.toISOString();
  return measure({ ...state, waits: state.waits.map((wait) => ({ ...wait, to: wait.to ?? until })) }).humanWaitSeconds;
}

/** Clocks of two machines may differ: nothing lasts less than no time. */
const between = (from: string, to: string | Date): number =>
  Math.max(0, (typeof to === 'string' ? Date.parse(to) : to.getTime()) - Date.parse(from)) / 1000;
