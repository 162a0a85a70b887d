import type { RunSummary } from '../model/journal.ts';
import { findState } from './find-plan.ts';
import { readPlan, requireLoaded } from './load-plan.ts';
import { type Recorded, recordMeasured } from './measured-runs.ts';
import type { Services } from './services.ts';

export interface RunsResult {
  readonly state: string;
  readonly runs: readonly RunSummary[];
  /** What the record beside the plan holds now; absent when nothing was to be recorded. */
  readonly recorded?: Recorded;
}

/**
 * Every run that was ever started here, newest first. `record`: what they measured is added to the record beside the plan. Only when a
 * person asks: that file is committed with the plan, and a recovery must not change a work tree, nor make a checked document stale.
 */
export async function listRuns(services: Services, record = false): Promise<RunsResult> {
  const state = findState(services);
  const runs = [...(await services.journal(state).runs())].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  if (!record) return { state, runs };
  const read = readPlan({ ...services, env: () => undefined }, 'check');
  return { state, runs, recorded: await recordMeasured(read.file, requireLoaded(read).plan.plan.name, services) };
}
