import type { RunScenario, RunStep } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';
import { carryOut } from './carry-out.ts';
import type { StepRun } from './run-step.ts';

/**
 * So many steps work at a time in one process; the others begin as these come to rest. Far more than any runbook for people has side by
 * side, and few enough for the processes, connections and memory of one machine. A step that waits for a person or for a moment to come
 * does not count: what it waits for may well be in a step that has not begun.
 */
export const MOST_AT_WORK = 256;

/** The steps under way in this process. */
export interface Flight {
  /** Starts those steps that are neither under way nor parked, as far as there is room. */
  launch(steps: Iterable<RunStep>, scenario: RunScenario): void;
  readonly busy: () => boolean;
  /** Whether steps that were held back could be started now. */
  readonly hasRoom: () => boolean;
  /** Steps that wait for a person's decision and for a resume. */
  readonly parked: () => readonly string[];
  /** Resolves when a step comes to rest; throws what stopped it if that stops the run. */
  settled(): Promise<void>;
  /** Tells every step under way to stop, and waits until all have come to rest. */
  land(why: unknown): Promise<void>;
}

export function startFlight(run: Omit<StepRun, 'step' | 'scenario'>): Flight {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const under = new Map<string, Promise<void>>();
  const parked = new Set<string>();
  const rested: { readonly step: string; readonly error?: unknown }[] = [];
  let someoneRests: () => void = () => undefined;
  let areHeldBack = false;

  const start = async (step: RunStep, scenario: RunScenario): Promise<void> => {
    try {
      if ((await carryOut({ ...run, scenario, step, signal })) === 'parked') parked.add(step.id);
      rested.push({ step: step.id });
    } catch (error) {
      rested.push({ step: step.id, error });
    }
    someoneRests();
  };
  const isFull = (): boolean => under.size >= MOST_AT_WORK && atWork(under.keys(), run.log.state()) >= MOST_AT_WORK;
  /** What its items still find out counts, also where nothing stands in the log of them yet. */
  const hasItemUnderWay = ({ id, for_each: items }: RunStep): boolean =>
    items !== undefined && [...under.keys()].some((other) => other.startsWith(`${id}.`));
  const isNew = (step: RunStep): boolean => !under.has(step.id) && !parked.has(step.id) && !hasItemUnderWay(step);
  return {
    launch(steps, scenario) {
      areHeldBack = false;
      for (const step of steps) {
        if (!isNew(step)) continue;
        areHeldBack = isFull();
        if (areHeldBack) return;
        under.set(step.id, start(step, scenario));
      }
    },
    busy: () => under.size > 0,
    hasRoom: () => areHeldBack && !isFull(),
    parked: () => [...parked],
    async settled() {
      if (rested.length === 0)
        await new Promise<void>((resolve) => {
          someoneRests = resolve;
        });
      const all = rested.splice(0);
      for (const { step } of all) under.delete(step);
      const stopped = all.find(({ error }) => error !== undefined);
      if (stopped && !signal.aborted) throw stopped.error;
    },
    async land(why) {
      stop.abort(why);
      await Promise.all(under.values());
      under.clear();
      rested.length = 0;
    },
  };
}

function atWork(steps: Iterable<string>, state: RunState): number {
  let count = 0;
  for (const id of steps) {
    const known = state.steps.get(id);
    const onlyWaits =
      known?.progress.status === 'waiting' || known?.heldUntil !== undefined || known?.looked !== undefined;
    if (!onlyWaits) count += 1;
  }
  return count;
}
