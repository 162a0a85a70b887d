import { KnownError } from '../model/errors.ts';

/** What somebody is to do, or to answer. */
export interface Task {
  readonly instruction: string;
  /** How they know that it is done. */
  readonly doneWhen?: string;
  /** Whose task it is: an entry of `roles`. Default: anybody's. */
  readonly role?: string;
}

/** What somebody said. */
export interface Answer {
  readonly outcome: 'done' | 'failed';
  /** Their words; empty when they said nothing further. */
  readonly answer: string;
  readonly by: string;
  readonly at: string;
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
  approvedBy: async () => [],
};
