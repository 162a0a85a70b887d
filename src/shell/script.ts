/** What a shell text does, as data: made by parse-script.ts, asked by everything that judges or imports commands. Offsets are in the text. */
export interface ShellScript {
  readonly text: string;
  /** Every simple command, also those inside of loops, functions and `$(…)`, in the order in which they are written. */
  readonly commands: readonly ShellCommand[];
  readonly assignments: readonly ShellAssignment[];
  /** What is no shell at all, e.g. SQL that was pasted among commands. */
  readonly unreadable: readonly UnreadableText[];
}

export interface UnreadableText {
  readonly text: string;
  readonly at: number;
  readonly why: string;
}

/** One program that is started, with all its words. */
export interface ShellCommand {
  /** Name without folder, e.g. `aws`; empty when it is only known at run time. */
  readonly program: string;
  /** The program and its arguments. */
  readonly words: readonly ShellWord[];
  /** `NAME=value` in front of it: only this program sees them. */
  readonly environment: readonly ShellAssignment[];
  readonly redirects: readonly ShellRedirect[];
  readonly at: number;
  readonly end: number;
  /** The command whose output it reads, and the one that reads its own. */
  readonly reads?: ShellCommand;
  readonly feeds?: ShellCommand;
  /** Name of the variable its output is kept in: `NAME=$(…)`. */
  readonly keptIn?: string;
  /** What it stands in, outermost first. */
  readonly inside: readonly Surrounding[];
  /** Programs that start it somewhere else or as somebody else, outermost first: ssh, sudo, `docker compose exec`, `kubectl exec`. */
  readonly through: readonly ShellCommand[];
  /** How it hangs on the one before: `a && b`, `a || b`. */
  readonly after?: '&&' | '||';
  /** `cmd || …`: what happens when it fails is said. */
  readonly hasFallback: boolean;
  readonly inBackground: boolean;
}

export type Surrounding = 'loop' | 'condition' | 'branch' | 'function' | 'subshell' | 'substitution';

export interface ShellWord {
  /** As written. */
  readonly text: string;
  /** Without quotes; expansions stand as written. */
  readonly value: string;
  /** Whether nothing of it is worked out at run time. */
  readonly isLiteral: boolean;
  /** Whether all that is worked out at run time is protected by quotes. */
  readonly isQuoted: boolean;
  /** Names of the variables in it. */
  readonly variables: readonly string[];
  readonly at: number;
}

export interface ShellAssignment {
  readonly name: string;
  /** Undefined for a list, and for the variable of a loop. */
  readonly value: ShellWord | undefined;
  readonly at: number;
}

export interface ShellRedirect {
  readonly operator: string;
  /** Number of the stream when it is written, e.g. 2 for errors. */
  readonly stream?: number;
  readonly target: ShellWord | undefined;
  /** The text of a here-document or here-string. */
  readonly body?: string;
  /** Where the text of a here-document begins. */
  readonly bodyAt?: number;
}
