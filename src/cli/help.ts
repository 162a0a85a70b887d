import { ERRORS } from '../model/errors.ts';
import type { COMMANDS } from './commands/index.ts';
import type { AnyCommand, Flag } from './define-command.ts';
import { GLOBAL_FLAGS } from './globals.ts';

/** The first page: what there is. Made without loading a single command, so that it is quick. */
export function overview(commands: typeof COMMANDS, version: string): string {
  return [
    `lifeboat ${version}: disaster recovery as code`,
    '',
    'Usage: lifeboat <command> [flags]',
    '',
    'Commands:',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Flags of every command:',
    ...flagLines(GLOBAL_FLAGS),
    '',
    'More about one command: lifeboat <command> --help',
  ].join('\n');
}

/** All there is to know about one command. */
export function commandHelp(command: AnyCommand): string {
  const args = Object.entries(command.args as Record<string, { describe: string }>);
  const codes = [...new Set(command.fails)].map((code): [string, string] => [
    `${ERRORS[code].exit}`,
    `${code}: ${ERRORS[code].means}`,
  ]);
  return [
    command.summary,
    ...(command.details ? ['', command.details] : []),
    '',
    `Usage: ${usageLine(command)}`,
    ...section(
      'Arguments:',
      args.map(([name, arg]) => [name.toUpperCase(), arg.describe]),
    ),
    ...(Object.keys(command.flags).length > 0 ? ['', 'Flags:', ...flagLines(command.flags)] : []),
    '',
    'Flags of every command:',
    ...flagLines(GLOBAL_FLAGS),
    ...section('Exit codes:', [
      ...(command.exits ?? [[0, 'It was done.']]).map(([code, means]): [string, string] => [`${code}`, means]),
      ...codes,
    ]),
    ...(command.examples.length > 0 ? ['', 'Examples:', ...command.examples.map((line) => `  ${line}`)] : []),
  ].join('\n');
}

/** `lifeboat approve RUN STEP [flags]` */
export const usageLine = (command: AnyCommand): string =>
  ['lifeboat', command.name, ...wordsOf(command), '[flags]'].join(' ');

/** `RUN`, `[COMPONENT]` */
export const wordsOf = ({ args }: AnyCommand): readonly string[] =>
  Object.entries(args as Record<string, { required: boolean }>).map(([name, arg]) =>
    arg.required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  );

/** `--to TIME` */
export const flagTitle = (name: string, flag: Flag): string =>
  flag.kind === 'switch' ? `--${name}` : `--${name} ${flag.value}`;

const flagLines = (flags: Record<string, Flag>): string[] =>
  columns(
    Object.entries(flags).map(([name, flag]) => [
      flagTitle(name, flag),
      flag.kind === 'list' ? `${flag.describe} May be repeated.` : flag.describe,
    ]),
  );

const section = (title: string, rows: readonly (readonly [string, string])[]): string[] =>
  rows.length === 0 ? [] : ['', title, ...columns(rows)];

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
