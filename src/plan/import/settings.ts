import { parseScript } from '../../shell/parse-script.ts';

/** A line that only sets something for the lines below it, and sets the same whenever it is run. */
interface Setting {
  readonly line: string;
  /** What a later line of the same key replaces. */
  readonly key: string;
  /** Whether it holds whatever was set before: `cd /srv`, not `cd data`. */
  readonly absolute: boolean;
}

/** A line as a setting: `export NAME=value`, `NAME=value`, `cd folder`. Undefined for all others, and when the value is worked out. */
export function settingIn(line: string): Setting | undefined {
  if (!/^(export\s|cd\s|[A-Za-z_]\w*=)/.test(line) || /\\\s*$/.test(line)) return undefined;
  const { commands, assignments, unreadable } = parseScript(line);
  const [command, ...others] = commands;
  if (unreadable.length > 0 || others.length > 0) return undefined;
  if (command === undefined) {
    const [only, ...more] = assignments;
    const isOne = only?.value?.isLiteral === true && more.length === 0 && line.startsWith(`${only.name}=`);
    return isOne ? { line, key: only.name, absolute: true } : undefined;
  }
  const [, word, ...more] = command.words;
  const isPlain = command.redirects.length === 0 && !command.inBackground && command.environment.length === 0;
  if (word === undefined || !word.isLiteral || more.length > 0 || !isPlain) return undefined;
  if (command.program === 'cd') return folderIn(line, word.text);
  const [, name] = command.program === 'export' ? (/^([A-Za-z_]\w*)=/.exec(word.text) ?? []) : [];
  return name === undefined ? undefined : { line, key: name, absolute: true };
}

/** Back out of a folder is not said again: it may be gone by then. */
const folderIn = (line: string, path: string): Setting | undefined =>
  /^-|\.\./.test(path) ? undefined : { line, key: 'cd', absolute: /^["']?[/~]/.test(path) };

/** The settings of some lines that still hold at their end, in their order. */
export function settingsOf(lines: readonly string[]): readonly string[] {
  const all = lines.flatMap((line, index) => {
    const setting = isContinued(lines, index) ? undefined : settingIn(line);
    return setting ? [setting] : [];
  });
  return all
    .filter(({ key }, index) => !all.slice(index + 1).some((later) => later.key === key && later.absolute))
    .map(({ line }) => line);
}

/** The lines without those that only set something. */
export const withoutSettings = (lines: readonly string[]): readonly string[] =>
  lines.map((line, index) => (!isContinued(lines, index) && settingIn(line) ? '' : line));

const isContinued = (lines: readonly string[], index: number): boolean => /\\\s*$/.test(lines[index - 1] ?? '');

/** What changes the shell itself, so that later lines would do something else in a new one. */
const CHANGES_SHELL =
  /^(cd|pushd|popd|export|unset|read|declare|typeset|readonly|local|eval|source|\.|alias|set|shopt|trap|exec|umask|ulimit|mapfile|readarray)$/;

/** Whether a text changes the shell it runs in. */
export const changesShell = (text: string): boolean =>
  parseScript(text).commands.some(
    ({ program, through, inside }) =>
      through.length === 0 &&
      CHANGES_SHELL.test(program) &&
      !inside.some((around) => around === 'subshell' || around === 'substitution'),
  );
