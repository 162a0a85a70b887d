import { option, plainWords } from './options.ts';
import type { ShellCommand, ShellWord } from './script.ts';

/** The commands that a command starts somewhere else or as somebody else, e.g. the `psql` of `docker compose exec postgres psql`. */
export function throughOthers(
  command: ShellCommand,
  parse: (text: string) => readonly ShellCommand[],
): readonly ShellCommand[] {
  const started = startedBy(command);
  if (!started) return [];
  const inner = 'text' in started ? parse(started.text) : [fromWords(started.words, command)];
  return inner.flatMap((one) => {
    const placed: ShellCommand = {
      ...one,
      at: command.at,
      end: command.end,
      through: [...command.through, command, ...one.through],
    };
    return 'text' in started ? [placed] : [placed, ...throughOthers(placed, parse)];
  });
}

/** What is started: words as they stand, or a text that another shell reads again. */
type Started = { readonly words: readonly ShellWord[] } | { readonly text: string };

function startedBy(command: ShellCommand): Started | undefined {
  const { program, words } = command;
  switch (program) {
    case 'sudo':
    case 'doas':
      return after(command, ['-u', '-g', '--user', '--group']);
    case 'nohup':
    case 'time':
    case 'exec':
    case 'command':
    case 'nice':
    case 'ionice':
      return after(command, ['-n', '-c']);
    case 'xargs':
      return after(command, ['-n', '-P', '-I', '-L', '-d', '-a', '-s']);
    case 'su':
    case 'runuser':
    case 'gosu':
    case 'su-exec':
      return asSomebody(command);
    case 'env':
      return after(command, ['-u', '-C'], ({ value }) => /^\w+=/.test(value));
    case 'timeout':
      return after(command, ['-k', '-s', '--signal', '--kill-after'], (_, index) => index === 0);
    case 'watch':
      return text(after(command, ['-n', '-d', '--interval']));
    case 'ssh':
      return text(after(command, SSH_OPTIONS, (_, index) => index === 0));
    case 'bash':
    case 'sh':
    case 'zsh': {
      const said = option(command, '-c', '-lc', '-ec', '-euc');
      return said === undefined ? undefined : { text: said };
    }
    case 'docker':
    case 'docker-compose':
    case 'podman':
    case 'kubectl':
    case 'oc':
      return inContainer(words);
    default:
      return undefined;
  }
}

/** `su - postgres -c 'text'`, `runuser -u postgres -- program`, `gosu postgres program`. */
function asSomebody(command: ShellCommand): Started | undefined {
  const said = option(command, '-c', '--command');
  if (said !== undefined) return { text: said };
  const dashes = command.words.findIndex(({ value }) => value === '--');
  if (dashes > 0) return command.words.length > dashes + 1 ? { words: command.words.slice(dashes + 1) } : undefined;
  return /^(gosu|su-exec)$/.test(command.program) ? after(command, [], (_, index) => index === 0) : undefined;
}

const SSH_OPTIONS = ['-i', '-p', '-l', '-o', '-L', '-R', '-D', '-J', '-F', '-E', '-b', '-c', '-m', '-w'];

/** The first plain word and all behind it; `skip` passes over plain words that belong to the program itself. */
function after(
  command: ShellCommand,
  withValue: readonly string[],
  skip: (word: ShellWord, index: number) => boolean = () => false,
): Started | undefined {
  const first = plainWords(command, withValue).filter((word, index) => !skip(word, index))[0];
  const at = first === undefined ? -1 : command.words.indexOf(first);
  return at < 0 ? undefined : { words: command.words.slice(at) };
}

/** A remote shell reads the words again as one text. */
const text = (started: Started | undefined): Started | undefined =>
  started && 'words' in started ? { text: started.words.map(({ value }) => value).join(' ') } : started;

const WITH_VALUE = new Set([
  '-f',
  '--file',
  '-u',
  '--user',
  '-e',
  '--env',
  '-w',
  '--workdir',
  '-n',
  '--namespace',
  '-c',
  '--container',
  '--context',
  '-p',
]);

/** `exec` of Docker, Compose and kubectl: a container, then the command; kubectl separates them by `--`. */
function inContainer(words: readonly ShellWord[]): Started | undefined {
  const exec = words.findIndex(({ value }, index) => index > 0 && (value === 'exec' || value === 'run'));
  if (exec < 0) return undefined;
  const dashes = words.findIndex(({ value }, index) => index > exec && value === '--');
  if (dashes > 0) return words.length > dashes + 1 ? { words: words.slice(dashes + 1) } : undefined;
  const rest = words.slice(exec + 1);
  for (let index = 0; index < rest.length; index += 1) {
    const { value } = rest[index] as ShellWord;
    if (WITH_VALUE.has(value)) index += 1;
    else if (!value.startsWith('-')) return rest.length > index + 1 ? { words: rest.slice(index + 1) } : undefined;
  }
  return undefined;
}

function fromWords(words: readonly ShellWord[], outer: ShellCommand): ShellCommand {
  const { environment: _, ...rest } = outer;
  const program = words[0]?.isLiteral ? (words[0].value.split('/').at(-1) as string) : '';
  return { ...rest, environment: [], program, words, through: [] };
}
