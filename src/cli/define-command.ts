import type { ErrorCode } from '../model/errors.ts';
import type { Services } from '../usecases/services.ts';
import type { Paint, Screen } from './screen.ts';

/** Something written after the command's name: `lifeboat approve RUN STEP`. */
export interface Arg {
  readonly describe: string;
  readonly required: boolean;
}

/** text takes a value, list takes several by being repeated, switch takes none. */
export type Flag =
  | { readonly kind: 'text'; readonly value: string; readonly describe: string }
  | { readonly kind: 'list'; readonly value: string; readonly describe: string }
  | { readonly kind: 'switch'; readonly describe: string };

type FlagValue<F extends Flag> = F extends { kind: 'switch' }
  ? boolean
  : F extends { kind: 'list' }
    ? readonly string[]
    : string | undefined;

export type Input<A extends Record<string, Arg>, F extends Record<string, Flag>> = {
  readonly [K in keyof F]: FlagValue<F[K]>;
} & { readonly [K in keyof A]: A[K] extends { required: true } ? string : string | undefined };

/**
 * A command as data: help, reference page and parser are made from it, and `--json` prints exactly what `run` gives.
 * It has no logic beyond calling a use case.
 */
export interface Command<A extends Record<string, Arg>, F extends Record<string, Flag>, Result> {
  readonly name: string;
  readonly summary: string;
  /** More for `--help`, when the summary does not say enough. */
  readonly details?: string;
  readonly examples: readonly string[];
  readonly args: A;
  readonly flags: F;
  /** Exit codes of results that are no errors, when there are more than 0. */
  readonly exits?: readonly (readonly [code: number, means: string])[];
  /** The errors a caller should expect, for help and for scripts. */
  readonly fails: readonly ErrorCode[];
  /** What it prints is a document of its own: commands in it are left as they are written. */
  readonly verbatim?: boolean | ((result: Result) => boolean);
  run(input: Input<A, F>, services: Services, screen: Screen): Promise<Result>;
  /** What a person reads. Data that was printed live need not be repeated. */
  print(result: Result, paint: Paint): string;
  /** The exit code of a result that is not a thrown error: a finding, a failed run. Default 0. */
  exit?(result: Result): number;
}

// biome-ignore lint/suspicious/noExplicitAny: the frame handles commands of every shape; each was checked where it is defined
export type AnyCommand = Command<any, any, any>;

/** Gives a command its types from its own args and flags. */
export function defineCommand<const A extends Record<string, Arg>, const F extends Record<string, Flag>, Result>(
  command: Command<A, F, Result>,
): Command<A, F, Result> {
  return command;
}

export const needed = (describe: string) => ({ describe, required: true }) as const;
export const optional = (describe: string) => ({ describe, required: false }) as const;
/** The plan as a word: for commands that take no other. The frame makes --plan of it. */
export const PLAN_WORD = optional('The plan: the same as --plan FILE.');
export const text = (value: string, describe: string) => ({ kind: 'text', value, describe }) as const;
export const list = (value: string, describe: string) => ({ kind: 'list', value, describe }) as const;
export const toggle = (describe: string) => ({ kind: 'switch', describe }) as const;
/** For commands that show a run while it happens. */
export const WATCHING = {
  plain: toggle('Only lines, as in a pipe: no block that is painted over and over.'),
  log: text('FILE', 'Also add what happens to the end of a file, one line an event.'),
} as const;
/** For commands that look into a repository, on a machine that may have no plan. */
export const COPIED = {
  repository: text(
    'PLACE',
    'The repository of backups, with the copies of runs: a folder, or s3://BUCKET/PREFIX?region=REGION. Default: that of the plan.',
  ),
  identity: text('FILE', 'The private key of the repository, or env:NAME. Default: where the plan says.'),
} as const;
