import { hasOption, option, optionWords } from '../options.ts';
import type { ShellCommand, ShellWord } from '../script.ts';

/** One call of the AWS command line: `aws rds restore-db-instance-from-db-snapshot --db-instance-identifier …`. */
export interface AwsCall {
  readonly service: string;
  readonly operation: string;
  /** What comes behind the operation without an option: the paths of `aws s3 cp a b`, the name of a waiter. */
  readonly plain: readonly ShellWord[];
  /** Value of `--name`; undefined when it is not given. */
  get(name: string): string | undefined;
  /** All values of `--name a b c`. */
  all(name: string): readonly ShellWord[];
  has(name: string): boolean;
  readonly command: ShellCommand;
}

/** Undefined when it is not `aws`, or asks for help only. */
export function awsCall(command: ShellCommand): AwsCall | undefined {
  if (command.program !== 'aws' && command.program !== 'awslocal') return undefined;
  const [service, operation, ...plain] = positionals(command);
  if (service === undefined || operation === undefined) return undefined;
  return {
    service: service.value,
    operation: operation.value,
    plain,
    get: (name) => option(command, `--${name}`),
    all: (name) => optionWords(command, `--${name}`),
    has: (name) => hasOption(command, `--${name}`),
    command,
  };
}

/** Options of `aws` without a value, so that the word behind them is no value of theirs. */
const SWITCHES = new Set(['--recursive', '--quiet', '--dryrun', '--delete', '--force', '--exact-timestamps', '--size-only', '--no-paginate', '--no-cli-pager',
  '--debug', '--no-verify-ssl', '--no-sign-request', '--only-show-errors', '--human-readable', '--summarize', '--follow-symlinks']); // biome-ignore format: one list

/** An option of `aws` takes every word up to the next option, so only what stands before the first one, or behind a switch, is plain. */
function positionals({ words }: ShellCommand): readonly ShellWord[] {
  const found: ShellWord[] = [];
  let skip = 0;
  for (const word of words.slice(1)) {
    if (word.value.startsWith('--'))
      skip = word.value.includes('=') || SWITCHES.has(word.value) || word.value.startsWith('--no-') ? 0 : 1;
    else if (skip > 0) skip = found.length < 2 ? 0 : skip;
    else found.push(word);
  }
  return found;
}
