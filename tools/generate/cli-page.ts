import { COMMANDS } from '../../src/cli/commands/index.ts';
import { commandHelp } from '../../src/cli/help.ts';
import { code, madeFrom, page, table } from './markdown.ts';

/** Every command, as its own --help says it. */
export async function cliPage(): Promise<string> {
  const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
  return page([
    madeFrom('src/cli/commands'),
    '# Commands',
    'Every command takes `--json` (exactly one JSON document on stdout) and `--help`. What exit codes mean: [errors.md](errors.md).',
    table(
      ['Command', 'What it does'],
      commands.map(({ name, summary }) => [`[\`${name}\`](#${anchor(name)})`, summary]),
    ),
    ...commands.flatMap((command) => [`## ${command.name}`, code(commandHelp(command))]),
  ]);
}

const anchor = (name: string): string => name.replaceAll(' ', '-');
