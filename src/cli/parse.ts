import { parseArgs } from 'node:util';
import { nearestOf } from '../lib/nearest.ts';
import { KnownError } from '../model/errors.ts';
import type { AnyCommand, Flag } from './define-command.ts';
import { GLOBAL_FLAGS, type Globals } from './globals.ts';

export interface Parsed {
  readonly globals: Globals;
  readonly input: Readonly<Record<string, unknown>>;
}

type Token =
  | { kind: 'option'; name: string; rawName: string; value?: string | undefined; inlineValue?: boolean | undefined }
  | { kind: 'positional'; value: string }
  | { kind: 'option-terminator' };

/** Whether JSON was asked for, also when nothing else of the command line can be understood: then the error is JSON. */
export const asksForJson = (argv: readonly string[]): boolean =>
  argv.some(
    (word, index) =>
      word === '--json' || word === '--format=json' || (word === 'json' && argv[index - 1] === '--format'),
  );

/** Reads what was typed after the command's name. Throws USAGE with the nearest word that exists. */
export function parseInput(command: AnyCommand, argv: readonly string[]): Parsed {
  const flags: Record<string, Flag> = { ...GLOBAL_FLAGS, ...command.flags };
  const tokens = tokensOf(argv, flags);
  const values = readFlags(command, tokens, flags);
  const globals = pickGlobals(values);
  if (values.json === true && values.format !== undefined && values.format !== 'json')
    throw usage(command, `--json and --format ${values.format} cannot be asked for together`);
  if (globals.help) return { globals, input: {} };
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const { plan, ...args } = readArgs(command, words);
  return {
    globals: plan === undefined ? globals : withPlan(command, globals, plan),
    input: { ...withDefaults(values, command.flags), ...args },
  };
}

function tokensOf(argv: readonly string[], flags: Record<string, Flag>): readonly Token[] {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      { type: flag.kind === 'switch' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true })
    .tokens as readonly Token[];
}

type Values = Record<string, string | boolean | string[]>;

function readFlags(command: AnyCommand, tokens: readonly Token[], flags: Record<string, Flag>): Values {
  const values: Values = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const name = token.name === 'h' ? 'help' : token.name;
    const flag = flags[name];
    if (!flag) throw unknownFlag(command, token.rawName, Object.keys(flags));
    if (flag.kind === 'switch') {
      if (token.value !== undefined) throw usage(command, `${token.rawName} takes no value`);
      values[name] = true;
      continue;
    }
    const value = valueFrom(command, token);
    if (flag.kind === 'list') values[name] = [...((values[name] as string[] | undefined) ?? []), value];
    else if (values[name] !== undefined) throw usage(command, `${token.rawName} was given twice`);
    else values[name] = value;
  }
  return values;
}

function valueFrom(command: AnyCommand, token: Token & { kind: 'option' }): string {
  const looksLikeFlag = !token.inlineValue && token.value?.startsWith('--');
  if (token.value === undefined || token.value === '' || looksLikeFlag)
    throw usage(command, `${token.rawName} needs a value`);
  return token.value;
}

function readArgs(command: AnyCommand, words: readonly string[]): Record<string, string | undefined> {
  const names = Object.keys(command.args);
  if (words.length > names.length) throw usage(command, `unexpected word "${words[names.length]}"`);
  const missing = names.find((name, i) => command.args[name]?.required && words[i] === undefined);
  if (missing) throw usage(command, `${missing.toUpperCase()} is missing`);
  return Object.fromEntries(names.map((name, i) => [name, words[i]]));
}

/** The word PLAN means what --plan means; with both, nobody can tell which plan was meant. */
function withPlan(command: AnyCommand, globals: Globals, plan: string): Globals {
  if (globals.plan === undefined) return { ...globals, plan };
  throw usage(command, `the plan was given twice: "${plan}" and --plan ${globals.plan}`);
}

function withDefaults(values: Values, flags: Record<string, Flag>): Values {
  const defaults = Object.entries(flags).flatMap(([name, flag]): [string, boolean | string[]][] =>
    flag.kind === 'switch' ? [[name, false]] : flag.kind === 'list' ? [[name, []]] : [],
  );
  return { ...Object.fromEntries(defaults), ...values };
}

function pickGlobals(values: Values): Globals {
  const { plan, state, environment } = values as Record<string, string | undefined>;
  return {
    ...(plan === undefined ? {} : { plan }),
    ...(state === undefined ? {} : { state }),
    ...(environment === undefined ? {} : { environment }),
    json: values.json === true || values.format === 'json',
    debug: values.debug === true,
    help: values.help === true,
  };
}

function unknownFlag(command: AnyCommand, written: string, known: readonly string[]): KnownError {
  const meant = nearestOf(written.replace(/^-+/, ''), known);
  return usage(command, `${written} is not a flag of "lifeboat ${command.name}"`, meant && `Did you mean --${meant}?`);
}

function usage(command: AnyCommand, message: string, hint?: string): KnownError {
  return new KnownError('USAGE', message, hint ?? `See: lifeboat ${command.name} --help`);
}
