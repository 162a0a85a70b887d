import { hasOption, plainWords } from '../options.ts';
import type { ShellCommand } from '../script.ts';

/** One call of Docker Compose: `docker compose stop api`, or `docker-compose stop api` of the version before. */
export interface ComposeCall {
  readonly verb: string;
  /** What comes behind the verb without an option: services. */
  readonly services: readonly string[];
  /** Whether a compose file or project is named, so that the folder one stands in does not matter. */
  readonly namesProject: boolean;
  readonly command: ShellCommand;
}

const WITH_VALUE = ['-f', '--file', '-p', '--project-name', '--project-directory', '--env-file', '--profile', '-t', '--timeout', '--tail']; // biome-ignore format: one list

/** Undefined when it is not Docker Compose. */
export function composeCall(command: ShellCommand): ComposeCall | undefined {
  const words = plainWords(command, WITH_VALUE).map(({ value }) => value);
  if (command.program === 'docker' && words[0] === 'compose') words.shift();
  else if (command.program !== 'docker-compose') return undefined;
  const [verb, ...services] = words;
  if (verb === undefined) return undefined;
  // Behind the verb `-f` means --follow, so only what stands in front of it names a file.
  const front = command.words.slice(
    0,
    command.words.findIndex(({ value }) => value === verb),
  );
  const namesProject = hasOption(
    { ...command, words: front },
    '-f',
    '--file',
    '-p',
    '--project-name',
    '--project-directory',
  );
  return { verb, services, namesProject, command };
}
