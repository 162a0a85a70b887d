import type { RunStep } from '../model/run-scenario.ts';
import { carryOut } from './carry-out.ts';
import type { StepRun } from './run-step.ts';

/** The steps under way in this process. */
export interface Flight {
  /** Starts those steps that are neither under way nor parked. */
  launch(steps: readonly RunStep[]): void;
  readonly busy: () => boolean;
  /** Steps that wait for a person's decision and for a resume. */
  readonly parked: () => readonly string[];
  /** Resolves when a step comes to rest; throws what stopped it if that stops the run. */
  settled(): Promise<void>;
  /** Tells every step under way to stop, and waits until all have come to rest. */
  land(why: unknown): Promise<void>;
}

export function startFlight(run: Omit<StepRun, 'step'>): Flight {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const under = new Map<string, Promise<{ step: string; error?: unknown }>>();
  const parked = new Set<string>();

  const start = async (step: RunStep): Promise<{ step: string; error?: unknown }> => {
    try {
      if ((await carryOut({ ...run, step, signal })) === 'parked') parked.add(step.id);
      return { step: step.id };
    } catch (error) {
      return { step: step.id, error };
    }
  };
  return {
    launch(steps) {
      for (const step of steps) if (!under.has(step.id) && !parked.has(step.id)) under.set(step.id, start(step));
    },
    busy: () => under.size > 0,
    parked: () => [...parked],
    async settled() {
      const { step, error } = await Promise.race(under.values());
      under.delete(step);
      if (error !== undefined && !signal.aborted) throw error;
    },
    async land(why) {
      stop.abort(why);
      await Promise.all(under.values());
      under.clear();
    },
  };
}
