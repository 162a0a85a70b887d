import { hasOption, option, optionWords } from './options.ts';
import type { ShellCommand } from './script.ts';

/** The command and all that read its output, one after the other. */
export function pipeOf(command: ShellCommand): readonly ShellCommand[] {
  const found = [command];
  for (let next = command.feeds; next && !found.includes(next); next = next.feeds) found.push(next);
  return found;
}

/** Files a command empties before it runs, and then writes: `> file`. */
export const emptiedFiles = ({ redirects }: ShellCommand): readonly string[] =>
  redirects.flatMap(({ operator, target }) =>
    (operator === '>' || operator === '>|' || operator === '&>') && target?.isLiteral && target.value !== '/dev/null'
      ? [target.value]
      : [],
  );

/**
 * Where the output of a command ends up, as far as its text says it: in files, also by way of other programs, or in a bucket. As written, with
 * what is only known at run time.
 */
export const outputPlaces = (command: ShellCommand): readonly string[] =>
  pipeOf(command).flatMap((part) => [
    ...part.redirects.flatMap(({ operator, target }) =>
      /^(&>|>)/.test(operator) && target && target.value !== '/dev/null' && !/^&?\d$/.test(target.value)
        ? [target.value]
        : [],
    ),
    ...(part.program === 'tee'
      ? part.words.slice(1).flatMap(({ value }) => (value.startsWith('-') ? [] : [value]))
      : []),
    ...(part.program === 'aws' ? part.words.flatMap(({ value }) => (value.startsWith('s3://') ? [value] : [])) : []),
    ...namedOutput(part),
  ]);

/** Programs that are told by an option where to write. */
function namedOutput(command: ShellCommand): readonly string[] {
  const { program } = command;
  if (/^(pg_dump|pg_dumpall|psql)$/.test(program)) {
    const file = program === 'psql' ? option(command, '-o', '--output') : option(command, '-f', '--file');
    return file === undefined ? [] : [file];
  }
  if (program === 'curl' || program === 'wget') {
    const file = optionWords(command, '-o', '--output', '-O')[0]?.value;
    return file === undefined || hasOption(command, '--remote-name') || file === '/dev/null' ? [] : [file];
  }
  return [];
}
