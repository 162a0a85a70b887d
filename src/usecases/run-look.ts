import type { RunJournal } from '../model/journal.ts';
import { type RunPicture, runPicture } from '../model/run-picture.ts';
import { foldRun, type RunState } from '../model/run-state.ts';
import { runOutline } from '../model/run-steps.ts';
import { type Ask, asksOf } from './asks.ts';
import { driverOf } from './attach.ts';
import { findState } from './find-plan.ts';
import type { Services } from './services.ts';

/** A run as it stands at this moment, and what it waits for. */
export interface RunLook {
  readonly picture: RunPicture;
  readonly asks: readonly Ask[];
  readonly state: RunState;
}

export const journalOf = (services: Services): RunJournal => services.journal(findState(services));

/** Throws RUN_NOT_FOUND. */
export async function lookAtRun(id: string, services: Services): Promise<RunLook> {
  const journal = journalOf(services);
  const events = await journal.events(id);
  const state = foldRun(events);
  const look = { now: services.clock.now(), driver: await driverOf(id, journal) };
  const picture = runPicture(runOutline(state.origin), state, look);
  const pausedWhy = events.findLast((event) => event.type === 'run.paused')?.why;
  return { picture, state, asks: asksOf(picture, state, pausedWhy) };
}
