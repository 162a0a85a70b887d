import type { ShellCommand, ShellWord } from './script.ts';

/** The value of the first of these options: `--name value`, `--name=value`, `-n value`, `-nvalue`. Undefined when it is not there or has none. */
export const option = (command: ShellCommand, ...names: readonly string[]): string | undefined =>
  optionWords(command, ...names)[0]?.value;

/** All words that follow an option until the next one: `--services a b`. For `--name=value` the value. */
export function optionWords({ words }: ShellCommand, ...names: readonly string[]): readonly ShellWord[] {
  for (const [index, word] of words.entries()) {
    const name = names.find((one) => isOption(word.value, one));
    if (name === undefined) continue;
    if (word.value !== name) return [{ ...word, value: valueIn(word.value, name) }];
    const rest = words.slice(index + 1);
    const end = rest.findIndex(({ value }) => isAnyOption(value));
    return end < 0 ? rest : rest.slice(0, end);
  }
  return [];
}

/** Whether one of these options is given, with a value or without. `-rf` has `-r` and `-f`. */
export const hasOption = ({ words }: ShellCommand, ...names: readonly string[]): boolean =>
  words
    .slice(1)
    .some(({ value }) =>
      names.some(
        (name) =>
          isOption(value, name) || (/^-\w$/.test(name) && /^-\w+$/.test(value) && value.includes(name.slice(1))),
      ),
    );

/** The words that are neither options nor, for those named here, their values. */
export function plainWords({ words }: ShellCommand, optionsWithValue: readonly string[] = []): readonly ShellWord[] {
  const found: ShellWord[] = [];
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index] as ShellWord;
    if (word.value === '--') return [...found, ...words.slice(index + 1)];
    if (!isAnyOption(word.value)) found.push(word);
    else if (optionsWithValue.includes(word.value)) index += 1;
  }
  return found;
}

/** A lone dash is standard input; a negative number is a value. */
const isAnyOption = (value: string): boolean => /^--?[A-Za-z]/.test(value) || value === '--';

const isOption = (value: string, name: string): boolean =>
  value === name ||
  value.startsWith(`${name}=`) ||
  (/^-\w$/.test(name) &&
    value.startsWith(name) &&
    !value.startsWith('--') &&
    value.length > 2 &&
    !/^-[a-z]+$/.test(value));

const valueIn = (value: string, name: string): string =>
  value.startsWith(`${name}=`) ? value.slice(name.length + 1) : value.slice(name.length);
