import type { Duration } from '../lib/duration.ts';
import type { Json } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { Look } from '../model/plan/look.ts';

/** What somebody is to do, or to answer. */
export interface Task {
  readonly instruction: string;
  /** How they know that it is done. */
  readonly doneWhen?: string;
  /** Whose task it is: an entry of `roles`. Default: anybody's. */
  readonly role?: string;
  /** What a machine looks at meanwhile: only when it sees it, too, it is done. */
  readonly look?: Look;
}

/** What somebody said. */
export interface Answer {
  readonly outcome: 'done' | 'failed';
  /** Their words; empty when they said nothing further. */
  readonly answer: string;
  /** Empty where nobody said anything, and a machine saw that it is done. */
  readonly by: string;
  readonly at: string;
  /** It counts although the machine does not see it. */
  readonly despiteLook?: true;
  /** What the machine saw. */
  readonly seen?: string;
}

/** What one look has seen. */
export interface Seen {
  /** Whether it is what was looked for. What cannot be looked at is not. */
  readonly met: boolean;
  /** In words. */
  readonly seen: string;
  /** What the action that looked put out; absent where it could not. */
  readonly output?: Json;
}

/**
 * The run as the system that an action acts on: what is kept at one step of it. Everything is in the log, so another process
 * that takes the run up finds it again. The engine hands it over as the client of actions that say `worksOn: 'run'`.
 */
export interface RunDesk {
  /** The moment until which the step holds; undefined while none is kept. */
  heldUntil(): Promise<Date | undefined>;
  /** Keeps that moment. The first one counts. */
  hold(until: Date): Promise<Date>;
  /** What somebody said about the task of this step. */
  answer(): Promise<Answer | undefined>;
  /** Asks people, at every terminal, and waits for the first word. Joins a question that stands already. */
  ask(task: Task, signal: AbortSignal): Promise<Answer>;
  /** Looks once, and keeps nothing. */
  look(look: Look, signal: AbortSignal): Promise<Seen>;
  /** Looks again and again until it is so. Throws TIMED_OUT when it is not in time, counted from the first look over restarts. */
  lookUntil(look: Look, how: { readonly within: Duration; readonly signal: AbortSignal }): Promise<Seen>;
  /** Who approved the step as it is now; nobody while somebody is still missing. */
  approvedBy(): Promise<readonly string[]>;
}

const outside = (): Promise<never> =>
  Promise.reject(
    new KnownError(
      'INTERNAL',
      'a step of a run was begun outside of a run',
      'This is a fault in Lifeboat. Please report it.',
    ),
  );

/** The desk of no run: nothing is kept, and nobody can be asked. For a dry run, which only looks. */
export const nobodyThere: RunDesk = {
  heldUntil: async () => undefined,
  hold: outside,
  answer: async () => undefined,
  ask: outside,
  look: async () => ({ met: false, seen: 'nothing: this is not a run' }),
  lookUntil: outside,
  approvedBy: async () => [],
};
