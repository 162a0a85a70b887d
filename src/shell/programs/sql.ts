import { option } from '../options.ts';
import type { ShellCommand, ShellScript, ShellWord } from '../script.ts';

/** SQL that a shell text sends to a PostgreSQL server, or that was pasted among its commands. */
export interface SqlText {
  readonly sql: string;
  /** Where it begins in the shell text. */
  readonly at: number;
  /** The client that sends it; undefined when it was pasted. */
  readonly command?: ShellCommand;
}

/** All SQL of a shell text: of `psql -c`, of a here-document, of `echo … | psql`, of Django's `dbshell`, and pasted statements. */
export function sqlTexts(script: ShellScript): readonly SqlText[] {
  const sent = script.commands.flatMap((command) => sentBy(command, script.text));
  const pasted = [
    ...script.unreadable.filter(({ text }) => STATEMENT.test(text)).map(({ text, at }) => ({ sql: text.trim(), at })),
    ...script.commands
      .filter(({ words }) =>
        STATEMENT.test(
          words
            .slice(0, 2)
            .map(({ text }) => text)
            .join(' '),
        ),
      )
      .map(({ at, end }) => ({ sql: script.text.slice(at, end), at })),
  ];
  return [...sent, ...pasted].sort((a, b) => a.at - b.at);
}

/** Capital letters: `select` is also a word of the shell, and `delete` may be a program. */
const STATEMENT =
  /^\s*(SELECT|INSERT INTO|UPDATE \w|DELETE FROM|CREATE (TABLE|DATABASE|INDEX|ROLE)|ALTER (TABLE|ROLE|SYSTEM|DATABASE)|DROP (TABLE|DATABASE)|BEGIN\b|WITH \w|\\copy|\\c\b|\\dt|ANALYZE|VACUUM)/;

function sentBy(command: ShellCommand, text = ''): readonly SqlText[] {
  if (!isClientOfSql(command)) return [];
  const own = givenSql(command).map((word) => ({ sql: word.value, at: insideOf(word), command }));
  const { body, bodyAt = -1 } = command.redirects.find((redirect) => redirect.body !== undefined) ?? {};
  // Of a command that another shell reads, the place in its own text is of no use.
  const at = body !== undefined && bodyAt >= 0 && text.startsWith(body, bodyAt) ? bodyAt : command.at;
  const documents = body === undefined ? [] : [{ sql: body, at, command }];
  const echoed =
    command.reads && ['echo', 'printf'].includes(command.reads.program) ? command.reads.words.slice(1) : [];
  return [
    ...own,
    ...documents,
    ...echoed.filter(({ value }) => !value.startsWith('-')).map(({ value, at }) => ({ sql: value, at, command })),
  ];
}

/** Behind the quote, where there is one. */
const insideOf = ({ text, at }: ShellWord): number => at + (/^["']/.test(text) ? 1 : 0);

/** What follows each `-c`, also in `-Atc`. */
const givenSql = ({ words }: ShellCommand): readonly ShellWord[] =>
  words.flatMap((word, index) => {
    if (word.value.startsWith('--command=')) return [{ ...word, value: word.value.slice('--command='.length) }];
    const next = words[index + 1];
    return next && /^(--command|-[A-Za-z]*c)$/.test(word.value) ? [next] : [];
  });

/** Whether a command sends SQL to a PostgreSQL server. */
export const isClientOfSql = ({ program, words }: ShellCommand): boolean =>
  program === 'psql' || words.some(({ value }) => value === 'dbshell');

/** Whether psql is called so that a person has to type: nothing to run is given, and nothing is piped in. */
export const isInteractivePsql = (command: ShellCommand): boolean =>
  command.program === 'psql' &&
  sentBy(command).length === 0 &&
  option(command, '-f', '--file') === undefined &&
  command.reads === undefined &&
  !command.words.some(({ value }) => value === '-l' || value === '--list' || value === '--version') &&
  !command.redirects.some(({ operator }) => operator.startsWith('<'));
