import type { RunSummary } from '../model/journal.ts';
import { findState } from './find-plan.ts';
import type { Services } from './services.ts';

export interface RunsResult {
  readonly state: string;
  readonly runs: readonly RunSummary[];
}

/** Every run that was ever started here, newest first. */
export async function listRuns(services: Services): Promise<RunsResult> {
  const state = findState(services);
  const runs = [...(await services.journal(state).runs())].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  return { state, runs };
}
