import type { SecretRef } from '../../model/plan.ts';

/** Something to be started in bash, with all that it is started with. */
export interface Command {
  readonly text: string;
  /** Working folder. Default: the one Lifeboat was started in. */
  readonly folder?: string;
  /** Variables with their values, secrets included. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How a command ended. Its texts are free of the secrets that are known and safe to print. */
export interface Ended {
  /** As a shell counts: 128 and the number of the signal for a command that a signal ended. */
  readonly code: number;
  /** Ended by us before its own end: at the time limit, or because a person stopped the run. */
  readonly stopped: boolean;
  readonly seconds: number;
  /** The last part of what it wrote. */
  readonly stdout: string;
  readonly stderr: string;
  /** Whether `stdout` is all of it. */
  readonly whole: boolean;
  /** Where all of it is kept. */
  readonly stdoutFile: string;
}

/** What is known of a command that was to be started once, also by a process that has died since. */
export type Standing =
  /** It was never started, and until it is begun it will not be. */
  | { readonly state: 'absent' }
  | { readonly state: 'running' }
  | { readonly state: 'ended'; readonly ended: Ended }
  /** It was started, and nobody wrote down how it ended. */
  | { readonly state: 'lost'; readonly why: string };

/** Everything the action asks of this machine. An attempt is named like `run-1/step/1`, and its command is started once. */
export interface ShellClient {
  /** The name of this machine: what another one has started cannot be looked at here. */
  readonly host: string;
  /** What a command is started with: a few variables of ours, and those it is given. Secrets are known to the redactor from here on. */
  environment(given: Readonly<Record<string, string | SecretRef>>): Readonly<Record<string, string>>;
  /** Only looks. */
  standing(attempt: string): Promise<Standing>;
  /** Makes the folder in which the attempt is kept. */
  prepare(attempt: string): Promise<void>;
  /** Starts the command, unless this attempt has started it already. */
  begin(attempt: string, command: Command): Promise<void>;
  /** Waits for its end, and tells each line it writes. Aborted, it ends the command and all it has started, and throws the reason. */
  follow(attempt: string, watch: { readonly signal: AbortSignal; log(line: string): void }): Promise<Ended>;
  /** Ends the command if it is still running, and all it has started. */
  stop(attempt: string): Promise<void>;
  /** Runs a command that only looks, from beginning to end. */
  ask(command: Command, signal: AbortSignal): Promise<Ended>;
}
