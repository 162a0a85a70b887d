import type { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import type { Duration } from '../lib/duration.ts';
import type { Json } from '../lib/json.ts';
import type { Danger, Obligation, Preview, Proof } from '../model/run.ts';

/** What is known of an effect in the world. `unknown` is an answer, and it makes a person decide. */
export type Observation<Out> =
  | { readonly state: 'absent' }
  | { readonly state: 'running'; readonly percent?: number }
  | { readonly state: 'done'; readonly output: Out }
  | { readonly state: 'unknown'; readonly why: string };

export interface ActionContext<Client> {
  readonly client: Client;
  /** The same for every try of this step in this run. Effects are named or marked by it, so a second call joins the first. */
  readonly key: string;
  /** Aborted on timeout, cancellation and Ctrl-C. What was begun may stay half done: `observe` sorts it out. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** One line for the person who watches. Redacted before it goes anywhere. */
  log(line: string): void;
  /** Keeps a fact durably before going on, for `observe` after a crash; e.g. the transaction id before the commit. */
  note(fact: Json): Promise<void>;
  /** The facts noted by earlier tries of this step, oldest first. */
  readonly notes: readonly Json[];
  /** The run was taken over from another machine and the newest notes may be missing: what is not noted may have been begun all the same. */
  readonly inDoubt?: boolean;
  /** A person has looked at what an earlier try left, and said: again. Only for what cannot be seen in the world. */
  readonly again?: boolean;
  /** Throws TARGET_PROTECTED when a text names what belongs to a protected environment, and this run is of another one. */
  fence?(text: string): void;
}

/** A component, and the moment of it that is brought back. */
export interface GoesBack {
  readonly component: string;
  /** latest, a moment in ISO 8601, or a position in the log; absent where only the run finds it. */
  readonly to?: string;
  /** Production stays as it is: what is brought back stands beside it. */
  readonly beside?: true;
}

/**
 * One thing Lifeboat can do to one kind of system. All actions keep this contract; `contract.testsuite.ts` proves it.
 *
 * - `observe` reads and never writes. It serves dry run, progress, resume after a crash and audit alike.
 * - `preview` is pure.
 * - `run` with the same key joins the first call and never repeats its effect.
 * - `verify` reads the world again; an empty list of proofs is a failure.
 * - `undo` takes the effect back, or says why that is impossible.
 */
export interface Action<Client, In, Out> {
  /** The word in YAML, audit and docs: `provider.verb_object`. */
  readonly name: `${string}.${string}`;
  readonly summary: string;
  readonly danger: Danger;
  readonly input: z.ZodType<In>;
  readonly output: z.ZodType<Out>;
  readonly timeout: Duration;
  /** It acts on the run itself: the engine hands it the `RunDesk` of its step as client. */
  readonly worksOn?: 'run';
  /** The least grants it needs, in the words of the system. */
  permissions(input: In): readonly string[];
  observe(ctx: ActionContext<Client>, input: In): Promise<Observation<Out>>;
  preview(input: In, seen: Observation<Out>): Preview;
  run(ctx: ActionContext<Client>, input: In): Promise<Out>;
  verify(ctx: ActionContext<Client>, input: In, output: Out): Promise<readonly Proof[]>;
  readonly undo:
    | ((ctx: ActionContext<Client>, input: In, output: Out) => Promise<void>)
    | { readonly impossible: string };
  /** Why this use of it cannot be taken back, where that depends on the input: then `undo` throws. */
  cannotUndo?(input: In): string | undefined;
  /** What it leaves behind that must be put back before the run may close. Opened before `run` begins, so it depends on input and key alone. */
  owes?(input: In, key: string): Obligation;
  /** To which moment it brings data back, if it does. `--dry-run` tells from it what would be lost. */
  goesBack?(input: In): GoesBack;
  /** The obligation that it settles: the id that `owes` of the other action gave. */
  settles?(input: In): string;
}

/** An action of any client and shape: what the engine and the documentation handle. Inputs are parsed by `input` before use. */
// biome-ignore lint/suspicious/noExplicitAny: the registry holds actions of every shape; each parses its own input
export type AnyAction = Action<any, any, any>;
