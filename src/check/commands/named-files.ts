import { plainWords } from '../../shell/options.ts';
import type { ShellCommand, ShellScript } from '../../shell/script.ts';

/** A file that a command cannot do without. */
export interface CalledFile {
  /** As written, without `./`. */
  readonly file: string;
  readonly at: number;
}

/** The scripts that a shell text starts and that stand beside the plan: named by a relative path. */
export const scriptsCalled = ({ commands }: ShellScript): readonly CalledFile[] =>
  commands.flatMap((command) => {
    const word = scriptWord(command);
    return word !== undefined &&
      isBeside(word) &&
      command.through.every(
        ({ program }) => program !== 'ssh' && !/^(docker|docker-compose|podman|kubectl|oc)$/.test(program),
      )
      ? [{ file: word.replace(/^\.\//, ''), at: command.at }]
      : [];
  });

/** The files that a shell text reads and that nothing in it makes: of `file://`, `-var-file` and `psql -f`. */
export function filesRead(script: ShellScript): readonly CalledFile[] {
  const made = new Set(
    script.commands.flatMap(({ redirects }) => redirects.flatMap(({ target }) => target?.value ?? [])),
  );
  return script.commands.flatMap((command) =>
    command.words.flatMap(({ value, isLiteral }, index) => {
      const before = command.words[index - 1]?.value ?? '';
      const file =
        /^fileb?:\/\/(.+)$/.exec(value)?.[1] ??
        /^-?-var-file=(.+)$/.exec(value)?.[1] ??
        (isFileOption(command, before) ? value : undefined);
      return file !== undefined && isLiteral && isBeside(file) && !made.has(file)
        ? [{ file: file.replace(/^\.\//, ''), at: command.at }]
        : [];
    }),
  );
}

const isFileOption = ({ program }: ShellCommand, option: string): boolean =>
  (program === 'psql' && (option === '-f' || option === '--file')) ||
  option === '-var-file' ||
  option === '--values-file';

/** Started by its path, or handed to a shell or an interpreter. */
function scriptWord(command: ShellCommand): string | undefined {
  const first = command.words[0];
  if (first?.isLiteral && first.value.includes('/')) return first.value;
  if (!/^(bash|sh|zsh|python3?|node|ruby|perl)$/.test(command.program)) return undefined;
  const [file] = plainWords(command, ['-c', '-m', '-e']);
  return file?.isLiteral && /\.(sh|bash|py|js|mjs|ts|rb|pl)$/.test(file.value) ? file.value : undefined;
}

/** Not where systems keep their programs, nor what comes with the framework of an application, and not made of blanks. */
const isBeside = (path: string): boolean =>
  /^[\w.]/.test(path) && !path.includes('<') && !/^\.\.?$/.test(path) && !OF_THE_APPLICATION.test(path);

const OF_THE_APPLICATION = /^(\.\/)?((node_modules|venv|\.venv|bin)\/|(.*\/)?(manage\.py|artisan|gradlew|mvnw)$)/;
