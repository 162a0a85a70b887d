import { resolve } from 'node:path';
import type { CommandEntry } from './commands/index.ts';
import type { Globals } from './globals.ts';

/** What must be known of a command to find its end in a sentence: no command is loaded for that. */
type Known = Pick<CommandEntry, 'name' | 'takes' | 'standsAlone'>;

/**
 * Gives every command that a text names the --plan, --state and --environment that were typed here, with whole paths, so that it
 * can be copied into any terminal. What was not typed is not added, and neither is what a command already says.
 */
export function wholeCommands(
  commands: readonly Known[],
  globals: Pick<Globals, 'plan' | 'state' | 'environment'>,
  cwd: string,
): (text: string) => string {
  const typed = typedFlags(globals, cwd);
  const names = commands.map(({ name }) => name).sort((a, b) => b.length - a.length);
  const named = new RegExp(`(?<![\\w./-])lifeboat (${names.join('|')})(?![\\w-])`, 'g');
  return (text) => {
    let whole = '';
    let from = 0;
    for (const found of text.matchAll(named)) {
      const command = commands.find(({ name }) => name === found[1]) as Known;
      const end = endOf(command, text, found.index + found[0].length);
      const missing = command.standsAlone
        ? []
        : typed.filter(({ flag }) => !says(command, text.slice(found.index, end), flag));
      whole += text.slice(from, end) + missing.map(({ flag, value }) => ` ${flag} ${value}`).join('');
      from = end;
    }
    return whole + text.slice(from);
  };
}

function typedFlags({ plan, state, environment }: Pick<Globals, 'plan' | 'state' | 'environment'>, cwd: string) {
  const paths = { plan, state };
  const values = Object.entries(paths).flatMap(([name, path]) =>
    path === undefined ? [] : [{ flag: `--${name}`, value: quoted(resolve(cwd, path)) }],
  );
  return environment === undefined ? values : [...values, { flag: '--environment', value: quoted(environment) }];
}

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A command may name its plan without the flag. */
const says = ({ name, takes }: Known, command: string, flag: string): boolean =>
  command.includes(` ${flag} `) ||
  (flag === '--plan' && takes === '[PLAN]' && /^ [^-]/.test(command.slice(`lifeboat ${name}`.length)));

const WORD = /[ \t]+("[^"\n]*"|'[^'\n]*'|[^\s"']+)/y;

/** Where a command ends that may stand in the middle of a sentence: after its words and flags. */
function endOf({ takes }: Known, text: string, from: number): number {
  const places = takes?.split(' ') ?? [];
  let end = from;
  let afterFlag = false;
  for (let word = wordAt(text, end); word; word = wordAt(text, end)) {
    const flag = word.text.startsWith('--');
    if (!flag && !(afterFlag && isValue(text, word))) {
      const place = places.shift();
      if (place === undefined || (place.startsWith('[') && !isValue(text, word))) return end;
    }
    afterFlag = flag;
    end = word.end;
    if (word.closed) return end;
  }
  return end;
}

interface Word {
  readonly text: string;
  readonly end: number;
  /** A full stop, comma or the like stands behind it: the command ends here. */
  readonly closed: boolean;
}

function wordAt(text: string, from: number): Word | undefined {
  WORD.lastIndex = from;
  const found = WORD.exec(text)?.[1];
  if (found === undefined) return undefined;
  const word = found.replace(/[.,;:!?)]+$/, '');
  const start = WORD.lastIndex - found.length;
  return word === '' ? undefined : { text: word, end: start + word.length, closed: word !== found };
}

/** Where a command can do without a word, further plain words say that the sentence goes on: `lifeboat points shows what is stored`. */
function isValue(text: string, word: Word): boolean {
  if (word.closed || !/^[a-z]+$/.test(word.text)) return true;
  const next = wordAt(text, word.end);
  return next === undefined || next.text.startsWith('--');
}
