import { type Duration, formatDuration, parseDuration } from '../lib/duration.ts';
import { KnownError } from '../model/errors.ts';
import type { RunEvent } from '../model/run.ts';
import { deadlineOf } from '../model/run-deadline.ts';
import { scenarioOfRun } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';

/** A person lets a run take longer. */
export interface Extension {
  /** As it was typed: `2h`. */
  readonly duration: string;
  readonly reason: string;
}

/** Why nothing further may begin, when the run has taken all the time it has. */
export function lateBecause(state: RunState, now: Date): KnownError | undefined {
  const deadline = deadlineOf(scenarioOfRun(state), state);
  if (!deadline || now < deadline) return undefined;
  const taken = formatDuration(deadline.getTime() - Date.parse(state.createdAt));
  return new KnownError(
    'RUN_LATE',
    `the run may take ${taken}, and that was over at ${deadline.toISOString()}`,
    `Go on all the same with: lifeboat recover --resume ${state.id} --extend 2h --reason "…"`,
  );
}

/** What is kept of an extension. It counts from now when the time is over already. Throws USAGE when it extends nothing. */
export function extended(state: RunState, { duration, reason }: Extension, now: Date): RunEvent {
  const deadline = deadlineOf(scenarioOfRun(state), state);
  if (!deadline)
    throw new KnownError(
      'USAGE',
      `the run ${state.id} has no deadline, so it cannot be extended`,
      `Go on with it: lifeboat recover --resume ${state.id}`,
    );
  const until = new Date(Math.max(deadline.getTime(), now.getTime()) + requireDuration(duration));
  return { type: 'run.extended', until: until.toISOString(), duration, reason };
}

function requireDuration(text: string): Duration {
  const length = parseDuration(text);
  if (length !== undefined && length > 0) return length;
  throw new KnownError('USAGE', `--extend ${text} is not a length of time`, 'Write it like 30m or 2h.');
}
