import { parseDuration } from '../lib/duration.ts';
import type { RunState } from './run-state.ts';

/** When a run has taken all the time it has, if it has a limit: from its start, or as far as a person has extended it. */
export function deadlineOf(scenario: { readonly deadline?: string | undefined }, state: RunState): Date | undefined {
  const { deadline } = scenario;
  if (deadline === undefined) return undefined;
  if (state.extendedUntil !== undefined) return new Date(state.extendedUntil);
  return new Date(Date.parse(state.createdAt) + (parseDuration(deadline) as number));
}

/** From this part of its time on, whoever looks is warned. */
const WARNED_FROM = 0.8;

/** The time a run has in all, as it is seen at one moment. */
export interface RunLimit {
  readonly until: string;
  readonly total_seconds: number;
  /** Not below 0. */
  readonly left_seconds: number;
  /** Most of it is gone. */
  readonly is_short: boolean;
}

/** How much of its time a run has left; undefined where it has no limit. */
export function limitOf(scenario: { readonly deadline?: string | undefined }, state: RunState, now: Date) {
  const until = deadlineOf(scenario, state);
  if (!until) return undefined;
  const total = until.getTime() - Date.parse(state.createdAt);
  const left = Math.max(0, until.getTime() - now.getTime());
  const limit: RunLimit = {
    until: until.toISOString(),
    total_seconds: total / 1000,
    left_seconds: left / 1000,
    is_short: total - left >= WARNED_FROM * total,
  };
  return limit;
}
